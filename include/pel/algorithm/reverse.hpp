// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// reverse, reverse_copy, rotate, rotate_copy. Source: [alg.reverse], [alg.rotate].
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/shifts.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Swaps the n-th of `size` elements with the n-th from the back, for all n in [lo, hi), hi <= size / 2.
template <class Base>
void reverse_pairs(const Base& first, std::uint64_t size, std::uint64_t lo, std::uint64_t hi) {
    Base front = nth_of(first, lo);
    Base back = nth_of(first, size - lo);
    for (; lo != hi; ++lo, (void)++front) detail::swap_elements(front, --back);
}
template <class Policy, class Base>
void reverse_elements(const Policy& policy, const Base& first, std::uint64_t size) {
    run_plain_blocks<swapped_bytes<Base, Base>>(
        policy, size / 2, [&](std::uint64_t lo, std::uint64_t hi) { detail::reverse_pairs(first, size, lo, hi); });
}

struct reverse_function {
    template <execution_policy Policy, std::bidirectional_iterator I, std::sentinel_for<I> S>
        requires swapped_with<I, I>
    I operator()(const Policy& policy, I first, S last) const {
        const I end = std::ranges::next(first, last);
        if constexpr (is_shared<Policy, I> && is_written_apart<I>) {
            detail::reverse_elements(policy, base_of(first), size_of(first, end));
        } else {
            for (I back = end; first != back && first != --back; ++first) detail::swap_elements(first, back);
        }
        return end;
    }
    template <execution_policy Policy, std::ranges::bidirectional_range R>
        requires swapped_with<iterator_of<R>, iterator_of<R>>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::reverse: takes ([policy], range) or ([policy], first, last), "
                                           "bidirectional, of swappable elements");
        return {};
    }
};

struct reverse_copy_function {
    template <execution_policy Policy, std::bidirectional_iterator I, std::sentinel_for<I> S, class O>
        requires output_of<O, std::iter_reference_t<I>>
    O operator()(const Policy& policy, I first, S last, O out) const {
        return run(policy, std::move(first), last, std::move(out)).out;
    }
    template <execution_policy Policy, std::ranges::bidirectional_range R, class O>
        requires output_of<O, std::iter_reference_t<iterator_of<R>>>
    std::ranges::reverse_copy_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::reverse_copy: takes ([policy], range, out) or ([policy], first, last, "
                                           "out), bidirectional; elements must be assignable to *out");
        return {};
    }

private:
    template <class Policy, class I, class S, class O>
    static std::ranges::reverse_copy_result<I, O> run(const Policy& policy, I first, S last, O out) {
        I end = std::ranges::next(first, last);
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, end);
            const auto from = base_of(first);
            const auto to = base_of(out);
            run_plain_blocks<copied_bytes<I, O, std::iter_reference_t<I>>>(
                policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
                    std::reverse_copy(nth_of(from, size - hi), nth_of(from, size - lo), nth_of(to, lo));
                });
            return {std::move(end), nth_of(out, size)};
        } else {
            for (I next = end; next != first; (void)++out) *out = *--next;
            return {std::move(end), std::move(out)};
        }
    }
};

struct rotate_function {
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S>
        requires swapped_with<I, I>
    I operator()(const Policy& policy, I first, I middle, S last) const {
        const I end = std::ranges::next(middle, last);
        if constexpr (is_rearranged_here<Policy, I>) {
            const std::uint64_t left = size_of(first, middle), right = size_of(middle, end);
            if (left != 0 && right != 0) run(writing_policy<I>(policy), base_of(first), left, right);
            return nth_of(first, right);
        } else {
            return std::rotate(first, middle, end);
        }
    }
    template <execution_policy Policy, std::ranges::forward_range R>
        requires swapped_with<iterator_of<R>, iterator_of<R>>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, iterator_of<R> middle) const {
        auto end = std::ranges::next(middle, std::ranges::end(range));
        return {(*this)(policy, std::ranges::begin(range), std::move(middle), end), end};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::rotate: takes ([policy], range, middle) or ([policy], first, middle, "
                                           "last), of swappable elements");
        return {};
    }

private:
    template <class Policy, class Base>
    static void run(const Policy& policy, const Base& first, std::uint64_t left, std::uint64_t right) {
        using value = std::iter_value_t<Base>;
        if (are_few<swapped_bytes<Base, Base>>(policy, left + right)) {
            detail::rotate_elements(first, nth_of(first, left), nth_of(first, left + right));
            return;
        }
        if constexpr (std::is_convertible_v<Base, const value*> && std::is_trivially_copyable_v<value>) {
            if (std::min(left, right) <= most_set_aside / sizeof(value)) return run_near(policy, first, left, right);
        }
        // Each half, both in one loop, and then the whole: as many swaps as std::rotate has.
        const Base middle = nth_of(first, left);
        run_plain_blocks<swapped_bytes<Base, Base>>(
            policy, left / 2 + right / 2, [&](std::uint64_t lo, std::uint64_t hi) {
                const std::uint64_t pairs = left / 2;
                if (lo < pairs) detail::reverse_pairs(first, left, lo, std::min(hi, pairs));
                if (hi > pairs) detail::reverse_pairs(middle, right, std::max(lo, pairs) - pairs, hi - pairs);
            });
        detail::reverse_elements(policy, first, left + right);
    }

    static constexpr std::uint64_t most_set_aside = 65536; // bytes

    /// The shorter side is set aside, the other shifted: half as much memory is written as with swaps.
    template <class Policy, class T>
    static void run_near(const Policy& policy, T* first, std::uint64_t left, std::uint64_t right) {
        const std::uint64_t distance = std::min(left, right);
        T* const side = left <= right ? first : first + left;
        T* const its_place = left <= right ? first + right : first;
        std::vector<unsigned char> aside(distance * sizeof(T));
        std::memcpy(aside.data(), static_cast<const void*>(side), aside.size());
        complete_phases phases;
        if (left <= right)
            shift<T*, true>(first, right, left).run(phases, policy);
        else
            shift<T*, false>(first, left, right).run(phases, policy);
        std::memcpy(static_cast<void*>(its_place), aside.data(), aside.size());
        phases.rethrow();
    }
};

struct rotate_copy_function {
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class O>
        requires output_of<O, std::iter_reference_t<I>>
    O operator()(const Policy& policy, I first, I middle, S last, O out) const {
        return run(policy, std::move(first), std::move(middle), last, std::move(out)).out;
    }
    template <execution_policy Policy, std::ranges::forward_range R, class O>
        requires output_of<O, std::iter_reference_t<iterator_of<R>>>
    std::ranges::rotate_copy_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range,
                                                                       iterator_of<R> middle, O out) const {
        return run(policy, std::ranges::begin(range), std::move(middle), std::ranges::end(range), std::move(out));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::rotate_copy: takes ([policy], range, middle, out) or ([policy], first, "
                      "middle, last, out); elements must be assignable to *out");
        return {};
    }

private:
    template <class Policy, class I, class S, class O>
    static std::ranges::rotate_copy_result<I, O> run(const Policy& policy, I first, I middle, S last, O out) {
        I end = std::ranges::next(middle, last);
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t left = size_of(first, middle), right = size_of(middle, end);
            const auto from = base_of(first);
            const auto to = base_of(out);
            run_plain_blocks<copied_bytes<I, O, std::iter_reference_t<I>>>(
                policy, left + right, [&](std::uint64_t lo, std::uint64_t hi) {
                    const std::uint64_t cut = std::clamp(right, lo, hi); // from here on, what was left of middle
                    if (lo != cut) std::copy(nth_of(from, left + lo), nth_of(from, left + cut), nth_of(to, lo));
                    if (hi != cut) std::copy(nth_of(from, cut - right), nth_of(from, hi - right), nth_of(to, cut));
                });
            return {std::move(end), nth_of(out, left + right)};
        } else if constexpr (std::copyable<O>) {
            out = std::copy(middle, end, std::move(out));
            return {std::move(end), std::copy(std::move(first), std::move(middle), std::move(out))};
        } else {
            for (I each = middle; each != end; ++each, (void)++out) *out = *each;
            for (; first != middle; ++first, (void)++out) *out = *first;
            return {std::move(end), std::move(out)};
        }
    }
};

} // namespace detail

/// Reverses the order of the elements. Returns: the end. Throws, blocks, thread safety: as parallel_for; after an
/// exception of a swap some pairs are swapped, and nothing is lost. Complexity: work n / 2 swaps, span O(log n) and the
/// longest one.
inline constexpr detail::function_object<detail::reverse_function> reverse{};

/// Assigns the elements to out, the last one first. Requires: the ranges have no elements in common. Iterators: as
/// std::reverse_copy. Ranges: as std::ranges::reverse_copy. Throws, blocks: as parallel_for. Complexity: work n assignments,
/// span O(log n) and the longest one.
inline constexpr detail::function_object<detail::reverse_copy_function> reverse_copy{};

/// Moves the elements from `middle` on before those that precede it, and keeps the order otherwise. Returns: as
/// std::rotate, where the first element is now; for a range: from there to the end. Throws, blocks: as reverse, which
/// it is made of. Complexity: work n swaps, span O(log n) and the longest one. Memory: none. But plain values whose
/// shorter side has at most 64 KiB are shifted, which see for span and memory: half as much is written, and the
/// call is complete also when it is cancelled.
inline constexpr detail::function_object<detail::rotate_function> rotate{};

/// Assigns the elements from `middle` on to out, then those that precede it. Requires: the ranges have no elements in
/// common. Iterators: as std::rotate_copy. Ranges: as std::ranges::rotate_copy. The rest: as reverse_copy.
inline constexpr detail::function_object<detail::rotate_copy_function> rotate_copy{};

PEL_NAMESPACE_END
