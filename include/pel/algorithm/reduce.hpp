// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// reduce, transform_reduce. Source: [reduce], [transform.reduce]; parallel_reduce is the same for numbered items.
#pragma once

#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/filtered.hpp>

#include <concepts>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Op, class T, class I>
concept reduces = accumulates<Op, T, std::iter_reference_t<I>>;
template <class Op, class F, class T, class... Iterators>
concept transform_reduces =
    function_of<F, Iterators...> && accumulates<Op, T, std::invoke_result_t<F&, std::iter_reference_t<Iterators>...>>;
/// `reduce(array, array + n)`: what begins with an array is not a range for that.
template <class T, class Range>
concept initial_of = !std::sentinel_for<T, iterator_of<Range>>;

struct reduce_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class T, class Op = std::plus<>>
        requires reduces<Op, T, I>
    T operator()(const Policy& policy, I first, S last, T init, Op op = {}) const {
        std::identity same;
        return detail::combine_range(policy, std::move(first), last, std::move(init), op, same);
    }
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S>
        requires reduces<std::plus<>, std::iter_value_t<I>, I>
    std::iter_value_t<I> operator()(const Policy& policy, I first, S last) const {
        return (*this)(policy, std::move(first), last, std::iter_value_t<I>{});
    }
    template <execution_policy Policy, std::ranges::input_range R, class T = std::ranges::range_value_t<R>,
              class Op = std::plus<>>
        requires(initial_of<T, R> && reduces<Op, T, iterator_of<R>>)
    T operator()(const Policy& policy, R&& range, T init = T{}, Op op = {}) const {
        std::identity same;
        if constexpr (is_shared_filter<Policy, R> && std::convertible_to<std::ranges::range_reference_t<R>, T>)
            return detail::combine_filtered(policy, range, std::move(init), op, same);
        else
            return detail::combine_range(policy, std::ranges::begin(range), std::ranges::end(range), std::move(init),
                                         op, same);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::reduce: takes ([policy], range, [init], [op]) or ([policy], first, last, [init], [op]); "
                      "op(T, element) and op(T, T) must return T, the type of init");
        return {};
    }
};

struct transform_reduce_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class T, class Op, class F>
        requires transform_reduces<Op, F, T, I>
    T operator()(const Policy& policy, I first, S last, T init, Op op, F f) const {
        return detail::combine_range(policy, std::move(first), last, std::move(init), op, f);
    }
    template <execution_policy Policy, std::ranges::input_range R, class T, class Op, class F>
        requires transform_reduces<Op, F, T, iterator_of<R>>
    T operator()(const Policy& policy, R&& range, T init, Op op, F f) const {
        using mapped = std::invoke_result_t<F&, std::ranges::range_reference_t<R>>;
        if constexpr (is_shared_filter<Policy, R> && std::convertible_to<mapped, T>)
            return detail::combine_filtered(policy, range, std::move(init), op, f);
        else
            return detail::combine_range(policy, std::ranges::begin(range), std::ranges::end(range), std::move(init),
                                         op, f);
    }
    /// The second range is as long as the first.
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J, class T,
              class Op = std::plus<>, class F = std::multiplies<>>
        requires transform_reduces<Op, F, T, I, J>
    T operator()(const Policy& policy, I first1, S last1, J first2, T init, Op op = {}, F f = {}) const {
        return detail::combine_ranges(policy, std::move(first1), last1, std::move(first2), std::unreachable_sentinel,
                                      std::move(init), op, f);
    }
    /// As long as both ranges last.
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range Q, class T,
              class Op = std::plus<>, class F = std::multiplies<>>
        requires transform_reduces<Op, F, T, iterator_of<R>, iterator_of<Q>>
    T operator()(const Policy& policy, R&& range1, Q&& range2, T init, Op op = {}, F f = {}) const {
        return detail::combine_ranges(policy, std::ranges::begin(range1), std::ranges::end(range1),
                                      std::ranges::begin(range2), std::ranges::end(range2), std::move(init), op, f);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::transform_reduce: takes ([policy], range, init, op, f), ([policy], range1, range2, init, "
                      "[op, f]), or iterators as std::transform_reduce; op(T, f's result) and op(T, T) must return T");
        return {};
    }
};

} // namespace detail

/// Returns: init combined with all elements, in their order, grouped in any way. Without init it is a value of their
/// type, T{}. Requires: op is associative; it need not be commutative, as std::reduce's; several threads call it. The
/// first element of each stretch that a thread begins with is copied to a T, no other. Elements that do not convert to
/// T, or cannot be reached by their number, are combined in order, on the calling thread; those of a filter view over
/// elements that can be reached are shared. Throws, blocks, thread safety: as parallel_for. Complexity: work n calls,
/// span O(log n) and the longest. With par.deterministic(): as parallel_reduce, but 4 KiB of numbers that operators are
/// applied to are one chunk. Floating-point numbers are combined by
/// eights: with std::plus and std::multiplies every eighth together, which fills vector registers; otherwise in their
/// order.
inline constexpr detail::function_object<detail::reduce_function> reduce{};

/// The same of f(element), or of f(element, one of the second range), which is std::multiplies if it is left out.
/// Iterators: the second range is as long as the first. Ranges: as long as both last.
inline constexpr detail::function_object<detail::transform_reduce_function> transform_reduce{};

PEL_NAMESPACE_END
