// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// find_last, find_last_if, find_last_if_not. Source: [alg.find.last] of C++23.
#pragma once

#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: from the last element for which test(element) says yes to the end, else nothing, there.
template <class Policy, class I, class S, class Test>
std::ranges::subrange<I> find_last_element(const Policy& policy, I first, S last, const Test& test) {
    if constexpr (is_numbered<I, S>) {
        const std::uint64_t size = size_of(first, last);
        const I end = nth_of(first, size);
        const auto from = base_of(first);
        const std::uint64_t n =
            first_found<number_bytes<I, Test>>(policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
                const auto in_registers = test;
                for (auto each = nth_of(from, size - lo); lo != hi && !in_registers(*--each);) ++lo;
                return lo;
            });
        return {n == size ? end : nth_of(first, size - 1 - n), end};
    } else if constexpr (std::bidirectional_iterator<I>) {
        const I end = std::ranges::next(first, last);
        for (I each = end; each != first;) {
            if (test(*--each)) return {each, end};
        }
        return {end, end};
    } else {
        I found = first;
        bool is_found = false;
        for (; first != last; ++first) {
            if (!test(*first)) continue;
            found = first;
            is_found = true;
        }
        return {is_found ? found : first, first};
    }
}

struct find_last_function {
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class T>
        requires equal_to_value<T, I>
    std::ranges::subrange<I> operator()(const Policy& policy, I first, S last, const T& value) const {
        const equals_value<T> equals{value};
        const element_test<true, const equals_value<T>, std::identity, I> test{equals, {}};
        return detail::find_last_element(policy, std::move(first), last, test);
    }
    template <execution_policy Policy, std::ranges::forward_range R, class T, class P = std::identity>
        requires equal_to_value<T, iterator_of<R>, P>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, const T& value,
                                                   P projection = {}) const {
        const equals_value<T> equals{value};
        const element_test<true, const equals_value<T>, P, iterator_of<R>> test{equals, projection};
        return detail::find_last_element(policy, std::ranges::begin(range), std::ranges::end(range), test);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::find_last: takes ([policy], range, value, [projection]) or ([policy], "
                                           "first, last, value), forward iterators, where *it == value is a bool");
        return {};
    }
};

template <bool Wanted>
struct find_last_if_function {
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class F>
        requires predicate_of<F, I>
    std::ranges::subrange<I> operator()(const Policy& policy, I first, S last, F f) const {
        std::identity projection;
        const element_test<Wanted, F, std::identity, I> test{f, projection};
        return detail::find_last_element(policy, std::move(first), last, test);
    }
    template <execution_policy Policy, std::ranges::forward_range R, class F, class P = std::identity>
        requires predicate_of<F, iterator_of<R>, P>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, F f, P projection = {}) const {
        const element_test<Wanted, F, P, iterator_of<R>> test{f, projection};
        return detail::find_last_element(policy, std::ranges::begin(range), std::ranges::end(range), test);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::find_last_if, find_last_if_not: take ([policy], range, f, "
                                           "[projection]) or ([policy], first, last, f), forward iterators, f a "
                                           "predicate on an element");
        return {};
    }
};

} // namespace detail

/// Returns: a subrange from the last element equal to value to the end, else an empty one, there. The search begins at the
/// end. Throws, blocks, thread safety, complexity: as pel::find, from the other side; elements that have no numbers are
/// looked at by the calling thread, all of them where there is no way back.
inline constexpr detail::function_object<detail::find_last_function> find_last{};

/// The same for the last element of which f says yes. f is called through a reference by several threads.
inline constexpr detail::function_object<detail::find_last_if_function<true>> find_last_if{};

/// The same for the last element of which f says no.
inline constexpr detail::function_object<detail::find_last_if_function<false>> find_last_if_not{};

PEL_NAMESPACE_END
