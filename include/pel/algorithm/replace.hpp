// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// replace, replace_if, replace_copy, replace_copy_if. Source: [alg.replace].
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Assigns a value to the elements that a predicate chooses, or to where all are copied.
template <class F, class P, class T, class I, class O>
struct replacing {
    held_callable<F, projected_t<I, P>> predicate;
    held_callable<P, std::iter_reference_t<I>> projection;
    written_value<O, T> value;

    template <class Element>
    PEL_ALWAYS_INLINE void operator()(Element&& element) const {
        if (std::invoke(predicate, std::invoke(projection, element))) detail::assign_value(element, value);
    }
    template <class Element, class Out>
    PEL_ALWAYS_INLINE void operator()(Element&& element, Out&& out) const {
        if (std::invoke(predicate, std::invoke(projection, element)))
            detail::assign_value(out, value);
        else
            out = std::forward<Element>(element);
    }
};

/// Comparisons of numbers take as long as writing them does.
template <class O, class T, class F>
inline constexpr std::uint64_t replaced_bytes = 0;
template <class O, class T, class U>
    requires std::is_arithmetic_v<U>
inline constexpr std::uint64_t replaced_bytes<O, T, const equals_value<U>> =
    std::is_arithmetic_v<std::iter_value_t<O>> ? written_bytes<O, const T&> : 0;

template <class Policy, class I, class S, class F, class T, class P>
I replace_where(const Policy& policy, I first, S last, F& predicate, const T& value, P projection) {
    if constexpr (is_shared<Policy, I> && is_written_apart<I>) {
        const std::uint64_t size = size_of(first, last);
        const auto base = base_of(first);
        const replacing<F, P, T, decltype(base), decltype(base)> step{predicate, projection, value};
        run_elements<replaced_bytes<I, T, F>>(policy, size, step, base);
        return nth_of(first, size);
    } else {
        for (; first != last; ++first) {
            if (std::invoke(predicate, std::invoke(projection, *first))) detail::assign_value(*first, value);
        }
        return first;
    }
}

template <class Policy, class I, class S, class O, class F, class T, class P>
std::ranges::in_out_result<I, O> copy_replaced(const Policy& policy, I first, S last, O out, F& predicate,
                                               const T& value, P projection) {
    if constexpr (is_shared<Policy, I, O> && is_written_apart<O>) {
        const std::uint64_t size = size_of(first, last);
        const auto from = base_of(first);
        const auto to = base_of(out);
        const replacing<F, P, T, decltype(from), decltype(to)> step{predicate, projection, value};
        run_elements<replaced_bytes<O, T, F>>(policy, size, step, from, to);
        return {nth_of(first, size), nth_of(out, size)};
    } else {
        for (; first != last; ++first, (void)++out) {
            auto&& element = *first;
            if (std::invoke(predicate, std::invoke(projection, element)))
                detail::assign_value(*out, value);
            else
                *out = std::forward<decltype(element)>(element);
        }
        return {std::move(first), std::move(out)};
    }
}

struct replace_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class T, class U>
        requires(equal_to_value<T, I> && output_of<I, const U&>)
    I operator()(const Policy& policy, I first, S last, const T& old_value, const U& new_value) const {
        const equals_value<T> predicate{old_value};
        return detail::replace_where(policy, std::move(first), last, predicate, new_value, std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, class T, class U, class P = std::identity>
        requires(equal_to_value<T, iterator_of<R>, P> && output_of<iterator_of<R>, const U&>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, const T& old_value, const U& new_value,
                                   P projection = {}) const {
        const equals_value<T> predicate{old_value};
        return detail::replace_where(policy, std::ranges::begin(range), std::ranges::end(range), predicate, new_value,
                                     projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::replace: takes ([policy], range, old_value, new_value, [projection]) or ([policy], first, "
                      "last, old_value, new_value); elements must be comparable with the one, assignable from the "
                      "other");
        return {};
    }
};

struct replace_if_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class F, class T>
        requires(predicate_of<F, I> && output_of<I, const T&>)
    I operator()(const Policy& policy, I first, S last, F predicate, const T& new_value) const {
        return detail::replace_where(policy, std::move(first), last, predicate, new_value, std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, class F, class T, class P = std::identity>
        requires(predicate_of<F, iterator_of<R>, P> && output_of<iterator_of<R>, const T&>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F predicate, const T& new_value,
                                   P projection = {}) const {
        return detail::replace_where(policy, std::ranges::begin(range), std::ranges::end(range), predicate, new_value,
                                     projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::replace_if: takes ([policy], range, predicate, new_value, [projection]) or "
                      "([policy], first, last, predicate, new_value)");
        return {};
    }
};

struct replace_copy_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class T, class U>
        requires(equal_to_value<T, I> && output_of<O, std::iter_reference_t<I>> && output_of<O, const U&>)
    O operator()(const Policy& policy, I first, S last, O out, const T& old_value, const U& new_value) const {
        const equals_value<T> predicate{old_value};
        return detail::copy_replaced(policy, std::move(first), last, std::move(out), predicate, new_value,
                                     std::identity())
            .out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class T, class U, class P = std::identity>
        requires(equal_to_value<T, iterator_of<R>, P> && output_of<O, std::iter_reference_t<iterator_of<R>>> &&
                 output_of<O, const U&>)
    std::ranges::replace_copy_result<safe_iterator_of<R>, O> operator()(const Policy& policy, R&& range, O out,
                                                                        const T& old_value, const U& new_value,
                                                                        P projection = {}) const {
        const equals_value<T> predicate{old_value};
        return detail::copy_replaced(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out),
                                     predicate, new_value, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::replace_copy: takes ([policy], range, out, old_value, new_value, [projection]) or "
                      "([policy], first, last, out, old_value, new_value)");
        return {};
    }
};

struct replace_copy_if_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class O, class F, class T>
        requires(predicate_of<F, I> && output_of<O, std::iter_reference_t<I>> && output_of<O, const T&>)
    O operator()(const Policy& policy, I first, S last, O out, F predicate, const T& new_value) const {
        return detail::copy_replaced(policy, std::move(first), last, std::move(out), predicate, new_value,
                                     std::identity())
            .out;
    }
    template <execution_policy Policy, std::ranges::input_range R, class O, class F, class T, class P = std::identity>
        requires(predicate_of<F, iterator_of<R>, P> && output_of<O, std::iter_reference_t<iterator_of<R>>> &&
                 output_of<O, const T&>)
    std::ranges::replace_copy_if_result<safe_iterator_of<R>, O>
    operator()(const Policy& policy, R&& range, O out, F predicate, const T& new_value, P projection = {}) const {
        return detail::copy_replaced(policy, std::ranges::begin(range), std::ranges::end(range), std::move(out),
                                     predicate, new_value, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::replace_copy_if: takes ([policy], range, out, predicate, new_value, [projection]) or "
                      "([policy], first, last, out, predicate, new_value)");
        return {};
    }
};

} // namespace detail

/// Assigns `new_value` to the elements whose projection equals `old_value`. Requires: neither value is one of the
/// elements, unless it is a few words that are copied as bytes: several threads read it. Returns: the end. Throws,
/// blocks, thread safety: as parallel_for. Complexity: work n comparisons, span O(log n) and the longest one.
inline constexpr detail::function_object<detail::replace_function> replace{};

/// The same for the elements that the predicate holds for; it may be called by several threads at the same time.
inline constexpr detail::function_object<detail::replace_if_function> replace_if{};

/// Assigns to out each element, or `new_value` in place of those that equal `old_value`. Requires: the ranges have no
/// elements in common. Iterators: as std::replace_copy. Ranges: as std::ranges::replace_copy. The rest: as replace.
inline constexpr detail::function_object<detail::replace_copy_function> replace_copy{};

/// The same in place of those that the predicate holds for.
inline constexpr detail::function_object<detail::replace_copy_if_function> replace_copy_if{};

PEL_NAMESPACE_END
