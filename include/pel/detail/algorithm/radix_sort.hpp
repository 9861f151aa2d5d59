// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Radix sort, stable. The first digit, the highest in which keys differ, is counted and scattered by all threads, block by
// block. Buckets that fit into a cache then are sorted on one thread each: by as many digits as tell nearly all of their
// elements apart, the lowest first, and by insertion for the rest. Larger buckets are treated as the whole was.
// R1  Elements are copied from the range to scratch memory or back, never within one of them: until a pass is over they
//     are complete where it reads. So a key function that throws, or a cancelled loop, costs a copy back.
// Source: D. Knuth, TAOCP 3, 5.2.5; P. McIlroy et al., "Engineering Radix Sort", 1993.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/line_scatter.hpp>
#include <pel/detail/algorithm/merge_sort.hpp>
#include <pel/detail/algorithm/radix_key.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
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

/// How often each digit occurs in each block of a range; then, where the elements of each block go.
class digit_table {
public:
    /// Few enough blocks that the table is small beside the range.
    digit_table(std::uint64_t size, unsigned bits) : digits_(std::uint64_t{1} << bits) {
        constexpr std::uint64_t least_block = 1 << 14, elements_per_entry = 128;
        block_ = std::max(least_block, digits_ * elements_per_entry);
        blocks_ = (size + block_ - 1) / block_;
        entries_ = std::make_unique_for_overwrite<std::uint64_t[]>(blocks_ * digits_);
    }

    std::uint64_t digits() const noexcept { return digits_; }
    std::uint64_t blocks() const noexcept { return blocks_; }
    std::uint64_t block_size() const noexcept { return block_; }
    /// Not zeroed.
    std::uint64_t* row(std::uint64_t block) noexcept { return entries_.get() + block * digits_; }

    /// Makes places of the counts; those of the first digit begin at `begin`. Returns: where each digit's begin, and the end.
    std::vector<std::uint64_t> place(std::uint64_t begin) {
        std::vector<std::uint64_t> begins(digits_ + 1);
        for (std::uint64_t block = 0; block < blocks_; ++block) {
            for (std::uint64_t each = 0; each < digits_; ++each) begins[each + 1] += row(block)[each];
        }
        begins[0] = begin;
        for (std::uint64_t each = 0; each < digits_; ++each) begins[each + 1] += begins[each];
        std::vector<std::uint64_t> next = begins;
        for (std::uint64_t block = 0; block < blocks_; ++block) {
            std::uint64_t* const entry = row(block);
            for (std::uint64_t each = 0; each < digits_; ++each) next[each] += std::exchange(entry[each], next[each]);
        }
        return begins;
    }

private:
    std::uint64_t digits_, block_, blocks_;
    std::unique_ptr<std::uint64_t[]> entries_;
};

/// KeyOf: gives an element's key, an unsigned number. Requires: elements are trivially copyable.
template <class Base, class KeyOf>
class radix_sort {
    using value = std::iter_value_t<Base>;
    using key = std::invoke_result_t<const KeyOf&, const value&>;
    using digit = key_digit<key>;
    static constexpr unsigned key_bits = 8 * sizeof(key);
    static constexpr unsigned least_digit_bits = 8, most_digit_bits = 11;
    static constexpr std::uint64_t few = 64; // sorted by comparisons
    static constexpr std::uint64_t most_alone = 1 << 14;
    static constexpr std::uint64_t most_in_cache = (std::uint64_t{1} << 21) / sizeof(value);
    static constexpr std::uint64_t wanted_in_cache =
        std::max<std::uint64_t>(1, (std::uint64_t{1} << 18) / sizeof(value));
    static constexpr std::uint64_t most_in_caches = (std::uint64_t{1} << 24) / sizeof(value); // of all cores

public:
    /// Requires: scratch has room for `size` elements.
    radix_sort(Base first, std::uint64_t size, value* scratch, const KeyOf& key_of) noexcept
        : first_(first), size_(size), scratch_(scratch), key_of_(key_of) {}

    template <class Policy>
    void run(const Policy& policy) {
        part all{0, size_, true};
        call_unwinding(
            [&] {
                if (size_ <= most_alone)
                    sort_alone(all, key_bits, first_, scratch_);
                else
                    sort_part(policy, all, first_, scratch_);
            },
            [&] { to_range(all); });
    }

private:
    struct part {
        std::uint64_t begin, end;
        bool is_in_range; // else in the scratch memory: complete there, as the last pass that is over has left it

        std::uint64_t size() const noexcept { return end - begin; }
    };
    using digit_counts = std::array<std::uint32_t, 1U << most_digit_bits>;

    static void note(key& differing, key a, key b) noexcept { differing = static_cast<key>(differing | (a ^ b)); }
    /// Where the highest digit begins, if keys differ in these bits.
    static unsigned shift_of(key differing, unsigned bits) noexcept {
        const unsigned width = width_of(differing);
        return width > bits ? width - bits : 0;
    }

    /// Sorts a part, which is in `from`, with all threads.
    template <class Policy, class From, class To>
    void sort_part(const Policy& policy, part& whole, From from, To to) {
        const auto wide = static_cast<unsigned>(std::bit_width(whole.size() / wanted_in_cache));
        const unsigned bits = std::min(std::clamp(wide, least_digit_bits, most_digit_bits), key_bits);
        digit_table table(whole.size(), bits);
        unsigned shift = shift_of(sample(whole, from), bits);
        const key differing = count(policy, whole, digit{shift, bits}, from, table);
        if (differing == 0) return to_range(whole);
        if (shift != shift_of(differing, bits))
            count(policy, whole, digit{shift = shift_of(differing, bits), bits}, from, table);
        const std::vector<std::uint64_t> begins = table.place(whole.begin);
        scatter(policy, whole, digit{shift, bits}, from, to, table);
        std::vector<part> buckets;
        buckets.reserve(table.digits());
        for (std::uint64_t each = 0; each < table.digits(); ++each)
            buckets.push_back({begins[each], begins[each + 1], is_range(to)});
        call_unwinding([&] { sort_buckets(policy, buckets, shift, to, from); },
                       [&] {
                           for (part& each : buckets) to_range(each);
                           whole.is_in_range = true;
                       });
        whole.is_in_range = true;
    }

    /// Returns: the bits in which some of the keys differ; most probably the highest in which any do.
    template <class From>
    key sample(const part& whole, From from) const {
        constexpr std::uint64_t looked_at = 128;
        const key some = key_of_(*nth_of(from, whole.begin));
        key differing = 0;
        for (std::uint64_t each = 1; each < looked_at; ++each)
            note(differing, key_of_(*nth_of(from, whole.begin + whole.size() / looked_at * each)), some);
        return differing;
    }
    /// Counts digits for each block. Returns: the bits in which keys differ.
    template <class Policy, class From>
    key count(const Policy& policy, const part& whole, digit of, From from, digit_table& table) {
        const key some = key_of_(*nth_of(from, whole.begin));
        std::vector<key> differing(table.blocks());
        run_numbers(block_policy(policy, table.block_size()), table.blocks(), [&](std::uint64_t block) {
            const std::uint64_t begin = whole.begin + block * table.block_size();
            std::uint64_t* const counts = table.row(block);
            std::fill_n(counts, table.digits(), std::uint64_t{0});
            key bits = 0;
            From each = nth_of(from, begin);
            for (std::uint64_t n = std::min(table.block_size(), whole.end - begin); n != 0; --n, (void)++each) {
                const key its = key_of_(*each);
                note(bits, its, some);
                ++counts[of(its)];
            }
            differing[block] = bits;
        });
        key all = 0;
        for (const key bits : differing) note(all, bits, 0);
        return all;
    }
    template <class Policy, class From, class To>
    void scatter(const Policy& policy, const part& whole, digit of, From from, To to, digit_table& table) {
        run_numbers(block_policy(policy, table.block_size()), table.blocks(), [&](std::uint64_t block) {
            const std::uint64_t begin = whole.begin + block * table.block_size();
            const std::uint64_t n = std::min(table.block_size(), whole.end - begin);
            if constexpr (line_scatter<value>::is_possible && std::is_same_v<To, value*>) {
                if (!is_range(to) && whole.size() > most_in_caches &&
                    scatter_lines(nth_of(from, begin), n, of, table, block))
                    return;
            }
            scatter_some(nth_of(from, begin), n, to, of, table.row(block));
        });
    }
    /// Into the scratch memory.
    template <class From>
    bool scatter_lines(From from, std::uint64_t n, digit of, digit_table& table, std::uint64_t block) const {
        line_scatter<value> lines(scratch_, table.row(block), table.digits());
        if (!lines.is_ready()) return false;
        for (; n != 0; --n, (void)++from) {
            const value element = *from;
            lines.put(of(key_of_(element)), element);
        }
        lines.finish();
        return true;
    }
    template <class From, class To, class Place>
    PEL_ALWAYS_INLINE void scatter_some(From from, std::uint64_t n, To to, digit of, Place* next) const {
        for (; n != 0; --n, (void)++from) {
            const value element = *from;
            *nth_of(to, next[of(key_of_(element))]++) = element;
        }
    }

    /// Buckets are in `from`, and have digits below `bits` to be sorted by.
    template <class Policy, class From, class To>
    void sort_buckets(const Policy& policy, std::vector<part>& buckets, unsigned bits, From from, To to) {
        const std::uint64_t items = (buckets.back().end - buckets.front().begin) / buckets.size();
        run_numbers(block_policy(policy, items), buckets.size(), [&](std::size_t number) {
            part& one = buckets[number];
            if (one.size() == 0) return;
            if (bits != 0 && one.size() > most_in_cache)
                sort_part(policy, one, from, to);
            else
                sort_alone(one, bits, from, to);
        });
    }

    /// Sorts a part, which is in `from`, on this thread.
    template <class From, class To>
    void sort_alone(part& one, unsigned bits, From from, To to) {
        if (bits != 0 && one.size() > few) return sort_in_cache(one, from, to);
        to_range(one);
        if (bits != 0) sort_few(one);
    }
    template <class From, class To>
    void sort_in_cache(part& one, From from, To to) {
        const key differing = differing_bits(nth_of(from, one.begin), one.size());
        const unsigned width = width_of(differing);
        const auto size_bits = static_cast<unsigned>(std::bit_width(one.size()));
        const unsigned wanted = std::min(width, size_bits + 3); // one in 16 elements or fewer is like another
        const unsigned most_bits = std::clamp(size_bits - 3, least_digit_bits, most_digit_bits);
        const unsigned passes = (wanted + most_bits - 1) / most_bits;
        static_assert(std::bit_width(most_in_cache) + 3 <= 3 * most_digit_bits, "three passes are enough");
        const unsigned bits = passes == 0 ? 0 : std::min(most_bits, (width + passes - 1) / passes);
        const unsigned rest = width - std::min(width, passes * bits);
        if (passes == 1) sort_by_lowest<1>(one, rest, bits, from, to);
        if (passes == 2) sort_by_lowest<2>(one, rest, bits, from, to);
        if (passes == 3) sort_by_lowest<3>(one, rest, bits, from, to);
        to_range(one);
        if (rest != 0) sort_nearly(one);
    }
    template <class From>
    key differing_bits(From from, std::uint64_t n) const {
        const key some = key_of_(*from);
        key differing = 0;
        for (; n != 0; --n, (void)++from) note(differing, key_of_(*from), some);
        return differing;
    }
    /// By digits from bit `shift` on, the lowest first.
    template <unsigned Passes, class From, class To>
    void sort_by_lowest(part& one, unsigned shift, unsigned bits, From from, To to) const {
        digit_counts counts[Passes];
        for (digit_counts& each : counts) std::fill_n(each.data(), 1U << bits, 0U);
        From next = nth_of(from, one.begin);
        for (std::uint64_t n = one.size(); n != 0; --n, (void)++next) {
            const key its = key_of_(*next);
            for (unsigned each = 0; each < Passes; ++each) ++counts[each][digit{shift + each * bits, bits}(its)];
        }
        pass<Passes>(one, counts, digit{shift, bits}, from, to);
    }
    /// The first of `Passes` passes and those after it. `from` and `to` take turns.
    template <unsigned Passes, class From, class To>
    void pass(part& one, digit_counts* counts, digit of, From from, To to) const {
        std::uint32_t end = 0;
        for (unsigned each = 0; each < 1U << of.bits; ++each) end += std::exchange((*counts)[each], end);
        scatter_some(nth_of(from, one.begin), one.size(), nth_of(to, one.begin), of, counts->data());
        one.is_in_range = !one.is_in_range;
        if constexpr (Passes > 1) pass<Passes - 1>(one, counts + 1, digit{of.shift + of.bits, of.bits}, to, from);
    }

    void to_range(part& one) const {
        if (!one.is_in_range) std::copy(scratch_ + one.begin, scratch_ + one.end, nth_of(first_, one.begin));
        one.is_in_range = true;
    }
    template <class From>
    bool is_range(const From& from) const noexcept {
        if constexpr (std::is_same_v<From, Base>)
            return from == first_;
        else
            return false;
    }
    auto less() const noexcept {
        return [this](const auto& a, const auto& b) { return key_of_(a) < key_of_(b); };
    }
    void sort_few(const part& one) const {
        detail::merge_sort(nth_of(first_, one.begin), nth_of(first_, one.end), scratch_ + one.begin, less());
    }
    /// By insertion, unless more elements than was likely are in a wrong place.
    void sort_nearly(const part& one) const {
        const auto most = static_cast<std::iter_difference_t<Base>>(one.size());
        if (!detail::try_insertion_sort(nth_of(first_, one.begin), nth_of(first_, one.end), less(), most))
            sort_few(one);
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
    constexpr std::uint64_t few = 32;
    if (size <= few) return detail::insertion_sort(first, nth_of(first, size), less);
    const scratch_memory<std::iter_value_t<Base>> scratch(size);
    if (scratch.data() == nullptr) return detail::merge_sort_in_place(first, nth_of(first, size), less);
    radix_sort<Base, KeyOf>(first, size, scratch.data(), key_of).run(policy);
}

} // namespace detail
PEL_NAMESPACE_END
