// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What algorithms ask of single elements, and of pairs: the caller's function, after the caller's projection.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>
#include <pel/parallel_for.hpp>

#include <functional>
#include <iterator>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether an element's projection is what is searched for, or is not. Copied into the loops of the standard library.
template <bool Wanted, class F, class P, class I>
struct element_test {
    held_callable<F, projected_t<I, P>> f;
    held_callable<P, std::iter_reference_t<I>> projection;

    template <class Element>
    PEL_ALWAYS_INLINE bool operator()(Element&& element) const {
        return static_cast<bool>(std::invoke(f, std::invoke(projection, std::forward<Element>(element)))) == Wanted;
    }
};
template <bool Wanted, class F, class P, class I>
inline constexpr bool is_operator<element_test<Wanted, F, P, I>> = is_operator<F> && is_operator<P>;

/// Whether an element equals a value, asked in that order. By std, so that numbers of two types are not warned about here.
template <class T>
struct equals_value {
    held_value<T> value;

    template <class Element>
    PEL_ALWAYS_INLINE bool operator()(Element&& element) const {
        return static_cast<bool>(std::equal_to<>()(std::forward<Element>(element), value));
    }
};
template <class T>
inline constexpr bool is_operator<equals_value<T>> = std::is_arithmetic_v<T>;

/// Whether a relation holds between the projections of two elements.
template <class F, class I, class J, class P, class Q>
struct pair_test {
    held_callable<F, projected_t<I, P>, projected_t<J, Q>> f;
    held_callable<P, std::iter_reference_t<I>> projection1;
    held_callable<Q, std::iter_reference_t<J>> projection2;

    template <class Element1, class Element2>
    PEL_ALWAYS_INLINE bool operator()(Element1&& element1, Element2&& element2) const {
        return static_cast<bool>(std::invoke(f, std::invoke(projection1, std::forward<Element1>(element1)),
                                             std::invoke(projection2, std::forward<Element2>(element2))));
    }
};
template <class F, class I, class J, class P, class Q>
inline constexpr bool is_operator<pair_test<F, I, J, P, Q>> = is_operator<F> && is_operator<P> && is_operator<Q>;

/// Compares elements by what the projection makes of them.
template <class Compare, class Projection>
struct projected_less {
    Compare& compare;
    Projection& projection;

    template <class A, class B>
    PEL_ALWAYS_INLINE bool operator()(A&& a, B&& b) const {
        return static_cast<bool>(std::invoke(compare, std::invoke(projection, std::forward<A>(a)),
                                             std::invoke(projection, std::forward<B>(b))));
    }
};

/// The overloads of what rearranges a range by a predicate, given
/// Function::can_rearrange<Iterator> and Function::run(policy, first, last, predicate, projection).
template <class Function>
struct by_predicate_in_place {
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class F>
        requires(Function::template can_rearrange<I> && predicate_of<F, I>)
    I operator()(const Policy& policy, I first, S last, F predicate) const {
        return Function::run(policy, std::move(first), last, predicate, std::identity());
    }
    /// Returns: from what run() returns to the end, as std::ranges.
    template <execution_policy Policy, std::ranges::forward_range R, class F, class P = std::identity>
        requires(Function::template can_rearrange<iterator_of<R>> && predicate_of<F, iterator_of<R>, P>)
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, F predicate,
                                                   P projection = {}) const {
        const auto end = std::ranges::next(std::ranges::begin(range), std::ranges::end(range));
        return {Function::run(policy, std::ranges::begin(range), end, predicate, projection), end};
    }
};

} // namespace detail
PEL_NAMESPACE_END
