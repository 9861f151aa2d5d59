// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// transform, adjacent_difference. Source: [alg.transform], [adjacent.difference].
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <algorithm>
#include <concepts>
#include <functional>
#include <iterator>
#include <numeric>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class F, class I, class P, class O>
concept transforms_to = projection_of<P, I> && std::invocable<F&, projected_t<I, P>> &&
                        output_of<O, std::invoke_result_t<F&, projected_t<I, P>>>;
template <class F, class I, class J, class P, class Q, class O>
concept transforms_both_to =
    projection_of<P, I> && projection_of<Q, J> && std::invocable<F&, projected_t<I, P>, projected_t<J, Q>> &&
    output_of<O, std::invoke_result_t<F&, projected_t<I, P>, projected_t<J, Q>>>;

struct transform_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class F>
        requires transforms_to<F, I, std::identity, O>
    O operator()(const Policy& policy, I first, S last, O out, F f) const {
        return run(policy, std::move(first), last, std::move(out), f, std::identity()).out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class F, class P = std::identity>
        requires transforms_to<F, iterator_of<R>, P, O>
    std::ranges::unary_transform_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out, F f,
                                                                           P projection = {}) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), f, projection);
    }
    /// The second range is as long as the first.
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J, class O,
              class F>
        requires transforms_both_to<F, I, J, std::identity, std::identity, O>
    O operator()(const Policy& policy, I first1, S last1, J first2, O out, F f) const {
        return run_both(policy, std::move(first1), last1, std::move(first2), std::unreachable_sentinel, std::move(out),
                        f, std::identity(), std::identity())
            .out;
    }
    /// As long as both ranges last.
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T, class O, class F,
              class P = std::identity, class Q = std::identity>
        requires transforms_both_to<F, iterator_of<R>, iterator_of<T>, P, Q, O>
    std::ranges::binary_transform_result<safe_iterator_of<R>, safe_iterator_of<T>, O>
    operator()(const Policy& policy, R&& range1, T&& range2, O out, F f, P projection1 = {}, Q projection2 = {}) const {
        return run_both(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                        std::ranges::end(range2), std::move(out), f, projection1, projection2);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::transform: takes ([policy], range, out, f, [projection]), ([policy], range1, range2, out, f, "
            "[projections]), or iterators as std::transform; f's result must be assignable to *out");
        return {};
    }

private:
    template <class Policy, class I, class S, class O, class F, class P>
    static std::ranges::unary_transform_result<I, O> run(const Policy& policy, I first, S last, O out, F& f,
                                                         P projection) {
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            const auto from = base_of(first);
            const auto to = base_of(out);
            const unary_assignment<F, P, decltype(from)> assign{f, projection};
            detail::run_elements(policy, size, assign, from, to);
            return {nth_of(first, size), nth_of(out, size)};
        } else {
            for (; first != last; ++first, (void)++out) *out = std::invoke(f, std::invoke(projection, *first));
            return {std::move(first), std::move(out)};
        }
    }
    template <class Policy, class I, class S, class J, class T, class O, class F, class P, class Q>
    static std::ranges::binary_transform_result<I, J, O> run_both(const Policy& policy, I first1, S last1, J first2,
                                                                  T last2, O out, F& f, P projection1, Q projection2) {
        if constexpr (is_shared<Policy, I, J, O> && is_written_apart<O>) {
            const std::uint64_t size = detail::common_size(first1, last1, first2, last2);
            const auto from1 = base_of(first1);
            const auto from2 = base_of(first2);
            const auto to = base_of(out);
            const binary_assignment<F, P, Q, decltype(from1), decltype(from2)> assign{f, projection1, projection2};
            detail::run_elements(policy, size, assign, from1, from2, to);
            return {nth_of(first1, size), nth_of(first2, size), nth_of(out, size)};
        } else {
            for (; first1 != last1 && first2 != last2; ++first1, (void)++first2, ++out)
                *out = std::invoke(f, std::invoke(projection1, *first1), std::invoke(projection2, *first2));
            return {std::move(first1), std::move(first2), std::move(out)};
        }
    }
};

struct adjacent_difference_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class F = std::minus<>>
        requires(std::invocable<F&, std::iter_reference_t<I>, std::iter_reference_t<I>> &&
                 output_of<O, std::iter_reference_t<I>>)
    O operator()(const Policy& policy, I first, S last, O out, F f = {}) const {
        if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
            const std::uint64_t size = size_of(first, last);
            if (size == 0) return out;
            *out = *first;
            const auto from = base_of(first);
            const binary_assignment<F, std::identity, std::identity, decltype(from), decltype(from)> assign{f, {}, {}};
            detail::run_elements(policy, size - 1, assign, nth_of(from, 1), from, nth_of(base_of(out), 1));
            return nth_of(out, size);
        } else if constexpr (std::forward_iterator<I> && std::copyable<O>) {
            const auto end = std::ranges::next(first, last);
            return std::adjacent_difference(std::move(first), end, std::move(out), std::ref(f));
        } else { // on the way to its end its elements would be gone
            if (first == last) return out;
            std::iter_value_t<I> before = *first;
            *out = before;
            for (++first, (void)++out; first != last; ++first, (void)++out) {
                std::iter_value_t<I> each = *first;
                *out = std::invoke(f, each, std::move(before));
                before = std::move(each);
            }
            return out;
        }
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class F = std::minus<>>
        requires std::invocable<const adjacent_difference_function&, const Policy&, iterator_of<R>,
                                std::ranges::sentinel_t<R>, O, F>
    O operator()(const Policy& policy, R&& range, O out, F f = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(f));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::adjacent_difference: takes ([policy], range, out, [f]) or ([policy], "
                      "first, last, out, [f]); f(element, the one before) must be assignable to *out");
        return {};
    }
};

} // namespace detail

/// Assigns f(element) to out, or f of one element of each range, for all of them, possibly at the same time and in any
/// order. `out` may be the range itself. Iterators: as std::transform, the second range is as long as the first. Ranges:
/// as std::ranges::transform, as long as both last. Returns: as those. Throws, blocks, thread safety: as parallel_for.
/// Complexity: work n calls, span O(log n) and the longest call.
inline constexpr detail::function_object<detail::transform_function> transform{};

/// Assigns the first element, then f(element, the one before it). Requires: `out` is not the range. Returns: its end. Throws,
/// blocks, thread safety: as parallel_for. Complexity: work n - 1 calls, span O(log n) and the longest call.
inline constexpr detail::function_object<detail::adjacent_difference_function> adjacent_difference{};

PEL_NAMESPACE_END
