// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Radix sort, stable. The first digit, the highest in which keys differ, is counted and scattered by all threads, block by
// block. Buckets that fit into a cache then are sorted by their other digits on one thread each, the lowest first; larger
// ones are treated as the whole was.
// R1  Elements are copied from the range to scratch memory or back, never within one of them: until a pass is over they
//     are complete where it reads. So a key function that throws, or a cancelled loop, costs a copy back.
// Source: D. Knuth, TAOCP 3, 5.2.5; P. McIlroy et al., "Engineering Radix Sort", 1993.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/merge_sort.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/parallel_reduce.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What a sort looks at in one pass.
template <class Key>
struct key_digit {
    unsigned shift, bits;

    PEL_ALWAYS_INLINE unsigned operator()(Key key) const noexcept {
        return static_cast<unsigned>(key >> shift) & ((1U << bits) - 1);
    }
};

/// KeyOf: gives an element's key, an unsigned number. Requires: elements are trivially copyable.
template <class Base, class KeyOf>
class radix_sort {
    using value = std::iter_value_t<Base>;
    using key = std::invoke_result_t<const KeyOf&, const value&>;
    using digit = key_digit<key>;
    static constexpr unsigned key_bits = 8 * sizeof(key);
    static constexpr unsigned first_bits = 8, most_buckets = 1U << first_bits;
    static constexpr std::uint64_t block = 1 << 15;
    static constexpr std::uint64_t few = 256; // sorted by comparisons
    static constexpr std::uint64_t most_in_cache = (std::uint64_t{1} << 19) / sizeof(value);

public:
    /// Requires: scratch has room for `size` elements.
    radix_sort(Base first, std::uint64_t size, value* scratch, const KeyOf& key_of) noexcept
        : first_(first), size_(size), scratch_(scratch), key_of_(key_of) {}

    template <class Policy>
    void run(const Policy& policy) {
        part all{0, size_, true};
        sort_part(policy, all, key_bits - std::min(first_bits, key_bits), first_, scratch_);
    }

private:
    struct part {
        std::uint64_t begin, end;
        bool is_in_range; // else in the scratch memory: complete there, as the last pass that is over has left it
    };
    using counts = std::array<std::uint64_t, most_buckets>;
    static constexpr unsigned most_digit_bits = 9;
    using one_digit_counts = std::array<std::uint32_t, 1U << most_digit_bits>;
    using digit_counts = std::array<one_digit_counts, (key_bits + most_digit_bits - 1) / most_digit_bits + 1>;

    /// Sorts a part, which is in `from`, with all threads. `shift`: where the highest digit probably is.
    template <class Policy, class From, class To>
    void sort_part(const Policy& policy, part& whole, unsigned shift, From from, To to) {
        const std::uint64_t lo = whole.begin;
        const std::uint64_t hi = whole.end;
        std::vector<counts> next((hi - lo + block - 1) / block);
        const key differing = count(policy, lo, hi, digit{shift, first_bits}, from, next);
        if (differing == 0) return to_range(whole);
        const auto width = static_cast<unsigned>(std::bit_width(differing));
        const unsigned right = width > first_bits ? width - first_bits : 0;
        if (shift != right) count(policy, lo, hi, digit{shift = right, first_bits}, from, next);
        std::vector<part> buckets = place(lo, next, is_range(to));
        scatter(policy, lo, hi, digit{shift, first_bits}, from, to, next);
        call_unwinding([&] { sort_buckets(policy, buckets, shift, to, from); },
                       [&] {
                           for (part& each : buckets) to_range(each);
                           whole.is_in_range = true;
                       });
        whole.is_in_range = true;
    }

    /// Counts digits for each block. Returns: the bits in which keys differ.
    template <class Policy, class From>
    key count(const Policy& policy, std::uint64_t lo, std::uint64_t hi, digit of, From from,
              std::vector<counts>& next) {
        const key some = key_of_(*at(from, lo));
        return parallel_reduce(
            policy, std::uint64_t{0}, std::uint64_t{next.size()}, key{0},
            [&](std::uint64_t number) {
                const std::uint64_t begin = lo + number * block;
                counts count{};
                key differing = 0;
                From each = at(from, begin);
                for (std::uint64_t n = std::min(block, hi - begin); n != 0; --n, ++each) {
                    const key its = key_of_(*each);
                    differing = static_cast<key>(differing | (its ^ some));
                    ++count[of(its)];
                }
                next[number] = count;
                return differing;
            },
            [](key a, key b) { return static_cast<key>(a | b); });
    }
    /// Makes of each block's counts the places where its elements go.
    static std::vector<part> place(std::uint64_t lo, std::vector<counts>& next, bool is_in_range) {
        std::vector<part> buckets(most_buckets, part{0, 0, is_in_range});
        std::uint64_t end = lo;
        for (unsigned each = 0; each < most_buckets; ++each) {
            buckets[each].begin = end;
            for (counts& in_block : next) end += std::exchange(in_block[each], end);
            buckets[each].end = end;
        }
        return buckets;
    }
    template <class Policy, class From, class To>
    void scatter(const Policy& policy, std::uint64_t lo, std::uint64_t hi, digit of, From from, To to,
                 std::vector<counts>& places) {
        run_numbers(policy, places.size(), [&](std::uint64_t number) {
            const std::uint64_t begin = lo + number * block;
            scatter_some(at(from, begin), std::min(block, hi - begin), to, of, places[number].data());
        });
    }
    template <class From, class To, class Place>
    PEL_ALWAYS_INLINE void scatter_some(From from, std::uint64_t n, To to, digit of, Place* next) const {
        for (; n != 0; --n, ++from) {
            const value element = *from;
            *at(to, next[of(key_of_(element))]++) = element;
        }
    }

    /// Buckets are in `from`, and have digits below `bits` to be sorted by.
    template <class Policy, class From, class To>
    void sort_buckets(const Policy& policy, std::vector<part>& buckets, unsigned bits, From from, To to) {
        run_numbers(policy, buckets.size(), [&](std::size_t number) {
            part& one = buckets[number];
            if (one.begin == one.end) return;
            if (bits != 0 && one.end - one.begin > most_in_cache)
                sort_part(policy, one, bits > first_bits ? bits - first_bits : 0, from, to);
            else
                sort_alone(one, bits, from, to);
        });
    }

    /// Sorts a part, which is in `from`, on this thread.
    template <class From, class To>
    void sort_alone(part& one, unsigned bits, From from, To to) {
        const std::uint64_t n = one.end - one.begin;
        if (bits == 0 || n <= few) {
            to_range(one);
            if (bits != 0) sort_few(one);
            return;
        }
        if constexpr (key_bits > first_bits) sort_by_other_digits(one, bits, from, to);
    }
    template <class From, class To>
    void sort_by_other_digits(part& one, unsigned bits, From from, To to) const {
        // As few passes as end in the range.
        unsigned passes = (bits + most_digit_bits - 1) / most_digit_bits;
        passes += (passes % 2 == 0) != is_range(from);
        const unsigned digit_bits = (bits + passes - 1) / passes;
        digit_counts counted{};
        count_digits(at(from, one.begin), one.end - one.begin, passes, digit_bits, counted);
        pass(one, 0, passes, digit_bits, at(from, one.begin), at(to, one.begin), counted);
    }
    void to_range(part& one) const {
        if (!one.is_in_range) std::copy(scratch_ + one.begin, scratch_ + one.end, at(first_, one.begin));
        one.is_in_range = true;
    }
    template <class From>
    bool is_range(const From& from) const noexcept {
        if constexpr (std::is_same_v<From, Base>)
            return from == first_;
        else
            return false;
    }
    void sort_few(const part& one) const {
        merge_sort(at(first_, one.begin), at(first_, one.end), scratch_ + one.begin,
                   [this](const value& a, const value& b) { return key_of_(a) < key_of_(b); });
    }

    template <class From>
    void count_digits(From from, std::uint64_t n, unsigned passes, unsigned digit_bits, digit_counts& counted) const {
        for (; n != 0; --n, ++from) {
            key its = key_of_(*from);
            for (unsigned each = 0; each < passes && each < counted.size();
                 ++each, its = static_cast<key>(its >> digit_bits))
                ++counted[each][static_cast<unsigned>(its) & ((1U << digit_bits) - 1)];
        }
    }
    /// Pass number n and those after it. `from` and `to` take turns.
    template <class From, class To>
    void pass(part& one, unsigned n, unsigned passes, unsigned digit_bits, From from, To to,
              digit_counts& counted) const {
        if (n == passes || n == counted.size()) return; // the latter never: g++ 12 has to be told
        std::uint32_t end = 0;
        for (std::uint32_t& each : counted[n]) end += std::exchange(each, end);
        scatter_some(from, one.end - one.begin, to, digit{n * digit_bits, digit_bits}, counted[n].data());
        one.is_in_range = !one.is_in_range;
        pass(one, n + 1, passes, digit_bits, to, from, counted);
    }

    const Base first_;
    const std::uint64_t size_;
    value* const scratch_;
    const KeyOf& key_of_;
};

template <class Base>
inline constexpr bool is_radix_sortable =
    std::is_trivially_copyable_v<std::iter_value_t<Base>> && std::is_copy_constructible_v<std::iter_value_t<Base>> &&
    std::is_copy_assignable_v<std::iter_value_t<Base>>;

/// Sorts by radix_sort; few elements, or where there is no memory, by comparisons. `less` compares their keys.
template <class Policy, class Base, class KeyOf, class Less>
void sort_by_digits(const Policy& policy, Base first, std::uint64_t size, const KeyOf& key_of, const Less& less) {
    constexpr std::uint64_t few = 32, some = 256;
    if (size <= few) return insertion_sort(first, at(first, size), less);
    const scratch_memory<std::iter_value_t<Base>> scratch(size);
    if (scratch.data() == nullptr) return merge_sort_in_place(first, at(first, size), less);
    if (size <= some) return merge_sort(first, at(first, size), scratch.data(), less);
    radix_sort<Base, KeyOf>(first, size, scratch.data(), key_of).run(policy);
}

} // namespace detail
PEL_NAMESPACE_END
