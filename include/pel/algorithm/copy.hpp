// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// copy, copy_n, move, swap_ranges. Source: [alg.copy], [alg.move], [alg.swap].
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/past_caches.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

struct copy_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O>
        requires output_of<O, std::iter_reference_t<I>>
    O operator()(const Policy& policy, I first, S last, O out) const {
        return run(policy, std::move(first), last, std::move(out)).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O>
        requires output_of<O, std::iter_reference_t<iterator_of<R>>>
    std::ranges::copy_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out));
    }

    template <class Policy, class I, class O>
    static std::ranges::copy_result<I, O> shared(const Policy& policy, const I& first, std::uint64_t size,
                                                 const O& out) {
        const auto from = base_of(first);
        const auto to = base_of(out);
        const std::ranges::copy_result<I, O> ends{nth_of(first, size), nth_of(out, size)};
        if constexpr (is_copied_by_bytes<base_t<I>, base_t<O>>) {
            if (goes_past_caches(policy, size * sizeof(*to))) {
                copy_past_caches<Policy, std::iter_value_t<O>>(policy, from, size, to);
                return ends;
            }
        }
        run_plain_blocks<copied_bytes<I, O, std::iter_reference_t<I>>>(
            policy, size,
            [&](std::uint64_t lo, std::uint64_t hi) { std::copy(nth_of(from, lo), nth_of(from, hi), nth_of(to, lo)); });
        return ends;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::copy: takes ([policy], range, out) or ([policy], first, last, out); "
                                           "elements must be assignable to *out");
        return {};
    }

private:
    template <class Policy, class I, class S, class O>
    static std::ranges::copy_result<I, O> run(const Policy& policy, I first, S last, O out) {
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            return shared(policy, first, size, out);
        } else if constexpr (std::forward_iterator<I> && std::copyable<O>) {
            const I end = std::ranges::next(first, last);
            return {end, std::copy(std::move(first), end, std::move(out))};
        } else {
            for (; first != last; ++first, (void)++out) *out = *first;
            return {std::move(first), std::move(out)};
        }
    }
};

struct copy_n_function {
    template <execution_policy Policy, std::input_iterator I, std::integral Size, class O>
        requires output_of<O, std::iter_reference_t<I>>
    O operator()(const Policy& policy, I first, Size n, O out) const {
        std::uint64_t size = count_of(n);
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            return copy_function::shared(policy, first, size, out).out;
        } else if constexpr (std::forward_iterator<I> && std::copyable<O>) {
            return std::copy_n(std::move(first), size, std::move(out));
        } else { // which is not asked for more than it gives
            if (size == 0) return out;
            for (;; ++first) {
                *out = *first;
                ++out;
                if (--size == 0) return out;
            }
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::copy_n: takes ([policy], first, n, out); elements must be assignable to *out");
        return {};
    }
};

struct move_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O>
        requires output_of<O, std::iter_rvalue_reference_t<I>>
    O operator()(const Policy& policy, I first, S last, O out) const {
        return run(policy, std::move(first), last, std::move(out)).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O>
        requires output_of<O, std::iter_rvalue_reference_t<iterator_of<R>>>
    std::ranges::move_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::move: takes ([policy], range, out) or ([policy], first, last, out); "
                                           "elements must be assignable to *out when moved");
        return {};
    }

private:
    template <class Policy, class I, class S, class O>
    static std::ranges::move_result<I, O> run(const Policy& policy, I first, S last, O out) {
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            const auto from = base_of(first);
            const auto to = base_of(out);
            if constexpr (is_copied_by_bytes<base_t<I>, base_t<O>>)
                return copy_function::shared(policy, first, size, out);
            run_plain_blocks<copied_bytes<I, O, std::iter_rvalue_reference_t<I>>>(
                policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
                    detail::move_elements(nth_of(from, lo), nth_of(from, hi), nth_of(to, lo));
                });
            return {nth_of(first, size), nth_of(out, size)};
        } else if constexpr (std::contiguous_iterator<I> && std::copyable<O>) {
            const I end = std::ranges::next(first, last);
            return {end, std::move(std::move(first), end, std::move(out))};
        } else {
            for (; first != last; ++first, (void)++out) *out = std::ranges::iter_move(first);
            return {std::move(first), std::move(out)};
        }
    }
};

struct swap_ranges_function {
    /// The second range is as long as the first.
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, std::forward_iterator J>
        requires swapped_with<I, J>
    J operator()(const Policy& policy, I first1, S last1, J first2) const {
        return run(policy, std::move(first1), last1, std::move(first2), std::unreachable_sentinel).in2;
    }
    /// As long as both ranges last.
    template <execution_policy Policy, std::ranges::forward_range R, std::ranges::forward_range T>
        requires swapped_with<iterator_of<R>, iterator_of<T>>
    std::ranges::swap_ranges_result<safe_iterator_of<R>, safe_iterator_of<T>> operator()(const Policy& policy,
                                                                                         R&& range1, T&& range2) const {
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::swap_ranges: takes ([policy], range1, range2) or ([policy], first1, "
                                           "last1, first2); the elements must be swappable");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T>
    static std::ranges::swap_ranges_result<I, J> run(const Policy& policy, I first1, S last1, J first2, T last2) {
        if constexpr (is_shared<Policy, I, J> && is_written_apart<I> && is_written_apart<J>) {
            const std::uint64_t size = detail::common_size(first1, last1, first2, last2);
            const auto a = base_of(first1);
            const auto b = base_of(first2);
            run_plain_blocks<swapped_bytes<I, J>>(policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
                auto left = nth_of(a, lo);
                auto right = nth_of(b, lo);
                for (; lo != hi; ++lo, (void)++left, (void)++right) detail::swap_elements(left, right);
            });
            return {nth_of(first1, size), nth_of(first2, size)};
        } else {
            for (; first1 != last1 && first2 != last2; ++first1, (void)++first2) detail::swap_elements(first1, first2);
            return {std::move(first1), std::move(first2)};
        }
    }
};

} // namespace detail

/// Assigns the elements to out. Requires: the ranges have no elements in common. (With seq, out is not one of the
/// elements.) Iterators: as std::copy. Ranges: as std::ranges::copy. Returns: as those. Throws, blocks, thread safety:
/// as parallel_for. Complexity: work n assignments, span O(log n) and the longest one. Cost: a std::copy of each block,
/// of all if they are some thousand bytes of plain values; past the caches if these would not keep them.
inline constexpr detail::function_object<detail::copy_function> copy{};

/// The same for n elements, none if n is negative. Returns: the end of what was written.
inline constexpr detail::function_object<detail::copy_n_function> copy_n{};

/// The same as copy, but moves the elements. After an exception each is where it was or moved from.
inline constexpr detail::function_object<detail::move_function> move{};

/// Swaps the elements of two ranges, which have none in common. Iterators: as std::swap_ranges, the second range is as
/// long as the first. Ranges: as std::ranges::swap_ranges, as long as both last. Returns: as those. The rest: as copy.
inline constexpr detail::function_object<detail::swap_ranges_function> swap_ranges{};

PEL_NAMESPACE_END
