// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// find, find_if, find_if_not, adjacent_find. Source: [alg.find], [alg.adjacent.find]; and find_index_if.
#pragma once

#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

struct find_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class T>
        requires equal_to_value<T, I>
    I operator()(const Policy& policy, I first, S last, const T& value) const {
        const equals_value<T> equals{value};
        const element_test<true, const equals_value<T>, std::identity, I> test{equals, {}};
        return detail::find_element(policy, std::move(first), last, test);
    }
    template <execution_policy Policy, std::ranges::input_range R, class T, class P = std::identity>
        requires equal_to_value<T, iterator_of<R>, P>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, const T& value, P projection = {}) const {
        const equals_value<T> equals{value};
        const element_test<true, const equals_value<T>, P, iterator_of<R>> test{equals, projection};
        return detail::find_element(policy, std::ranges::begin(range), std::ranges::end(range), test);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::find: takes ([policy], range, value, [projection]) or ([policy], "
                                           "first, last, value), where *it == value is a bool");
        return {};
    }
};

template <bool Wanted>
struct find_if_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class F>
        requires predicate_of<F, I>
    I operator()(const Policy& policy, I first, S last, F f) const {
        std::identity projection;
        const element_test<Wanted, F, std::identity, I> test{f, projection};
        return detail::find_element(policy, std::move(first), last, test);
    }
    template <execution_policy Policy, std::ranges::input_range R, class F, class P = std::identity>
        requires predicate_of<F, iterator_of<R>, P>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F f, P projection = {}) const {
        const element_test<Wanted, F, P, iterator_of<R>> test{f, projection};
        return detail::find_element(policy, std::ranges::begin(range), std::ranges::end(range), test);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::find_if, find_if_not: take ([policy], range, f, [projection]) or "
                                           "([policy], first, last, f), f a predicate on an element");
        return {};
    }
};

struct adjacent_find_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class F = std::equal_to<>>
        requires relation_of<F, I>
    I operator()(const Policy& policy, I first, S last, F f = {}) const {
        std::identity projection;
        const pair_test<F, I, I, std::identity, std::identity> test{f, projection, projection};
        return detail::find_neighbours(policy, std::move(first), last, test);
    }
    template <execution_policy Policy, std::ranges::forward_range R, class F = std::equal_to<>, class P = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<R>, P>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F f = {}, P projection = {}) const {
        const pair_test<F, iterator_of<R>, iterator_of<R>, P, P> test{f, projection, projection};
        return detail::find_neighbours(policy, std::ranges::begin(range), std::ranges::end(range), test);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::adjacent_find: takes ([policy], range, [f], [projection]) or ([policy], first, last, [f]), "
                      "forward iterators, f a predicate on two elements");
        return {};
    }
};

struct find_index_if_function {
    template <execution_policy Policy, std::integral First, std::integral Last, class F>
        requires std::predicate<F&, std::common_type_t<First, Last>>
    std::common_type_t<First, Last> operator()(const Policy& policy, First first, Last last, F f) const {
        using index = std::common_type_t<First, Last>;
        const auto from = static_cast<index>(first), end = static_cast<index>(last);
        const std::uint64_t size = range_size<index>(from, end);
        const std::uint64_t n = first_found(policy, size, [from, &f](std::uint64_t lo, std::uint64_t hi) {
            held_callable<F, index> in_registers = f;
            while (lo != hi && !in_registers(detail::item_at(from, lo))) ++lo;
            return lo;
        });
        return n == size ? end : detail::item_at(from, n);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::find_index_if: takes ([policy], first, last, f), first and last integers, "
                      "f a predicate on an integer");
        return {};
    }
};

} // namespace detail

/// Returns: the first element equal to value, else the end. It is the first in the range, whoever finds what first.
/// Throws: what a comparison threw, if it lies left of the match: as if all were looked at in order, so what is thrown
/// right of the match is dropped; otherwise as parallel_for. Blocks, thread safety: as that. Complexity: n comparisons
/// at most, up to the match and a block for each thread beyond it; a block takes 2–10 µs as a rule, and is one element
/// if that takes as long. Span O(log n) and the longest block. Elements that have no numbers, or an end whose number is
/// not known at once, are looked at in order, here. With par.replay() each thread searches the part that it has had, up
/// to the match.
inline constexpr detail::function_object<detail::find_function> find{};

/// The same for the first element of which f says yes. f is called through a reference by several threads.
inline constexpr detail::function_object<detail::find_if_function<true>> find_if{};

/// The same for the first element of which f says no.
inline constexpr detail::function_object<detail::find_if_function<false>> find_if_not{};

/// The same for the first element that is equal to the next one, or of which f(element, the next one) says yes.
inline constexpr detail::function_object<detail::adjacent_find_function> adjacent_find{};

/// Returns: the lowest i in [first, last) of which f(i) says yes, else last. Throws, blocks, complexity: as find_if.
/// Example: pel::find_index_if(0, n, [&](int i) { return mass[i] > limit && is_free(i); })
inline constexpr detail::function_object<detail::find_index_if_function> find_index_if{};

PEL_NAMESPACE_END
