// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// random_shuffle, random_permutation: the same for any number of threads, given a seed.
// Source: C. R. Rao, "Generation of Random Permutations of Given Number of Elements Using Random Sampling Numbers", 1961;
// G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
#pragma once

#include <pel/detail/algorithm/bits.hpp>
#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/distribution.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/insertion_sort.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The n-th number of a sequence, without those before it: splitmix64.
PEL_ALWAYS_INLINE constexpr std::uint64_t random_number(std::uint64_t seed, std::uint64_t n) noexcept {
    std::uint64_t bits = seed + (n + 1) * 0x9e3779b97f4a7c15U;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31);
}

/// Numbers in [0, limit), each as probable as any. Source: D. Lemire, "Fast Random Integer Generation in an Interval", 2019.
class random_source {
public:
    explicit random_source(std::uint64_t seed) noexcept : seed_(seed) {}

    std::uint64_t below(std::uint64_t limit) noexcept {
        for (;;) {
            __extension__ using wide = unsigned __int128;
            const wide product = wide{random_number(seed_, next_++)} * limit;
            const auto low = static_cast<std::uint64_t>(product);
            if (low >= limit || low >= (0 - limit) % limit) return static_cast<std::uint64_t>(product >> 64);
        }
    }

private:
    std::uint64_t seed_, next_ = 0;
};

/// A bucket for each element, by its number alone.
class random_buckets {
public:
    static constexpr bool uses_elements = false;

    random_buckets(std::uint64_t seed, unsigned buckets) noexcept
        : seed_(seed), shift_(64 - static_cast<unsigned>(std::countr_zero(buckets))), buckets_(buckets) {}

    unsigned buckets() const noexcept { return buckets_; }
    template <class Base>
    void classify(const Base&, std::uint64_t begin, std::uint64_t n, unsigned char* bucket) const noexcept {
        for (std::uint64_t each = 0; each < n; ++each)
            bucket[each] = static_cast<unsigned char>(random_number(seed_, begin + each) >> shift_);
    }

private:
    std::uint64_t seed_;
    unsigned shift_, buckets_;
};

template <class Base>
void shuffle_alone(Base first, std::uint64_t size, std::uint64_t seed) {
    random_source random(seed);
    for (std::uint64_t left = size; left > 1; --left) {
        const std::uint64_t chosen = random.below(left);
        if (chosen != left - 1) std::ranges::iter_swap(nth_of(first, chosen), nth_of(first, left - 1));
    }
}

/// Every element goes to a random bucket, and every bucket is shuffled: all orders are equally probable.
template <class Policy, class Base>
void shuffle(const Policy& policy, Base first, std::uint64_t size, std::uint64_t seed) {
    constexpr std::uint64_t few = 1 << 13;
    const std::uint64_t seed_of_buckets = random_number(seed, 0);
    if constexpr (moves_safely<Base>) {
        if (size > few) {
            const scratch_memory<std::iter_value_t<Base>> scratch(size);
            const auto buckets =
                static_cast<unsigned>(std::clamp<std::uint64_t>(std::bit_floor(size / few), 8, most_buckets));
            if (scratch.data() != nullptr) {
                const random_buckets choose(random_number(seed, 1), buckets);
                distribution<Base, random_buckets> distribute(first, size, scratch.data(), choose);
                return distribute.run(policy, never_late, [&](unsigned bucket, std::uint64_t begin, std::uint64_t end) {
                    detail::shuffle_alone(nth_of(first, begin), end - begin, random_number(seed_of_buckets, bucket));
                });
            }
        }
    }
    detail::shuffle_alone(first, size, seed_of_buckets);
}

struct random_shuffle_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, std::integral Seed>
        requires(std::permutable<I> || are_bits<I>)
    I operator()(const Policy& policy, I first, S last, Seed given) const {
        const std::uint64_t size = size_of(first, last);
        const auto seed = static_cast<std::uint64_t>(given);
        detail::rearrange_apart(policy, first, size, [&](const auto& its_policy, auto base) {
            detail::shuffle(its_policy, base, size, seed);
        });
        return nth_of(first, size);
    }
    template <execution_policy Policy, std::ranges::random_access_range R, std::integral Seed>
        requires(std::permutable<iterator_of<R>> || are_bits<iterator_of<R>>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, Seed seed) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), seed);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::random_shuffle: takes ([policy], range, seed) or ([policy], first, "
                                           "last, seed), random access");
        return {};
    }
};

struct random_permutation_function {
    template <execution_policy Policy, std::integral Size, std::integral Seed>
    std::vector<std::uint64_t> operator()(const Policy& policy, Size size, Seed seed) const {
        const std::uint64_t n = count_of(size);
        std::vector<std::uint64_t> numbers(n);
        run_numbers(policy, n, [to = numbers.data()](std::uint64_t each) { to[each] = each; });
        detail::shuffle(policy, numbers.data(), n, static_cast<std::uint64_t>(seed));
        return numbers;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::random_permutation: takes ([policy], n, seed)");
        return {};
    }
};

} // namespace detail

/// Brings the elements into a random order, which is the same for the same seed and number of elements, whatever the
/// number of threads. All orders are equally probable, as far as 64 bits of seed go. Returns: the end. Throws:
/// operation_cancelled: then all elements are there. Blocks. Complexity: work O(n), span O(n / 64). Memory: n elements,
/// where they can be had (without them the order is another) and moves do not throw; else it is done on one thread.
inline constexpr detail::function_object<detail::random_shuffle_function> random_shuffle{};

/// Returns: the numbers 0 to n - 1, shuffled. Throws: std::bad_alloc; operation_cancelled. Blocks. Complexity, memory:
/// as random_shuffle, besides the result.
inline constexpr detail::function_object<detail::random_permutation_function> random_permutation{};

PEL_NAMESPACE_END
