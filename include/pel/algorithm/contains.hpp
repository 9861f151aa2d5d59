// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// contains, contains_subrange, starts_with, ends_with. Source: [alg.contains], [alg.starts.with], [alg.ends.with] of C++23.
#pragma once

#include <pel/algorithm/compare.hpp>
#include <pel/algorithm/search.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

struct contains_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class T>
        requires equal_to_value<T, I>
    bool operator()(const Policy& policy, I first, S last, const T& value) const {
        return run(policy, std::move(first), last, value, std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, class T, class P = std::identity>
        requires equal_to_value<T, iterator_of<R>, P>
    bool operator()(const Policy& policy, R&& range, const T& value, P projection = {}) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), value, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::contains: takes ([policy], range, value, [projection]) or ([policy], "
                                           "first, last, value), where *it == value is a bool");
        return {};
    }

private:
    template <class Policy, class I, class S, class T, class P>
    static bool run(const Policy& policy, I first, S last, const T& value, P projection) {
        const equals_value<T> equals{value};
        const element_test<true, const equals_value<T>, P, I> test{equals, projection};
        return detail::find_element(policy, std::move(first), last, test) != last;
    }
};

/// The overloads of what compares two ranges, given Function::run(policy, first1, last1, first2, last2, test).
template <class Function>
struct of_two_ranges {
    using default_compare = std::ranges::equal_to;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class F = std::ranges::equal_to, class P = std::identity, class Q = std::identity>
        requires(Function::template takes<I, S> && Function::template takes<J, T> && relation_of<F, I, J, P, Q>)
    bool operator()(const Policy& policy, I first1, S last1, J first2, T last2, F f = {}, P projection1 = {},
                    Q projection2 = {}) const {
        const pair_test<F, I, J, P, Q> test{f, projection1, projection2};
        return Function::run(policy, std::move(first1), last1, std::move(first2), last2, test);
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T,
              class F = std::ranges::equal_to, class P = std::identity, class Q = std::identity>
        requires(Function::template takes<iterator_of<R>, std::ranges::sentinel_t<R>> &&
                 Function::template takes<iterator_of<T>, std::ranges::sentinel_t<T>> &&
                 relation_of<F, iterator_of<R>, iterator_of<T>, P, Q>)
    bool operator()(const Policy& policy, R&& range1, T&& range2, F f = {}, P projection1 = {},
                    Q projection2 = {}) const {
        return (*this)(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                       std::ranges::end(range2), std::move(f), std::move(projection1), std::move(projection2));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::contains_subrange, starts_with, ends_with: take ([policy], range1, range2, [f], "
                      "[projections]) or ([policy], first1, last1, first2, last2, [f], [projections]), f a predicate "
                      "on an element of each; forward iterators, but for starts_with");
        return {};
    }
};

struct contains_subrange_function : of_two_ranges<contains_subrange_function> {
    template <class I, class>
    static constexpr bool takes = std::forward_iterator<I>;

    template <class Policy, class I, class S, class J, class T, class Test>
    static bool run(const Policy& policy, I first1, S last1, J first2, T last2, const Test& test) {
        return first2 == last2 ||
               !detail::find_pattern<false>(policy, std::move(first1), last1, std::move(first2), last2, test).empty();
    }
};

struct starts_with_function : of_two_ranges<starts_with_function> {
    template <class I, class>
    static constexpr bool takes = true;

    template <class Policy, class I, class S, class J, class T, class Test>
    static bool run(const Policy& policy, I first1, S last1, J first2, T last2, const Test& test) {
        if constexpr (std::sized_sentinel_for<S, I> && std::sized_sentinel_for<T, J>) {
            if (size_of(first1, last1) < size_of(first2, last2)) return false;
        }
        return detail::find_difference(policy, std::move(first1), last1, std::move(first2), last2, test).second ==
               last2;
    }
};

struct ends_with_function : of_two_ranges<ends_with_function> {
    template <class I, class S>
    static constexpr bool takes = std::forward_iterator<I> || std::sized_sentinel_for<S, I>;

    template <class Policy, class I, class S, class J, class T, class Test>
    static bool run(const Policy& policy, I first1, S last1, J first2, T last2, const Test& test) {
        const std::uint64_t size1 = size_of(first1, last1), size2 = size_of(first2, last2);
        if (size1 < size2) return false;
        std::ranges::advance(first1, static_cast<std::iter_difference_t<I>>(size1 - size2));
        return detail::find_difference(policy, std::move(first1), last1, std::move(first2), last2, test).second ==
               last2;
    }
};

} // namespace detail

/// Whether an element is equal to value. Throws, blocks, thread safety, complexity: as pel::find.
inline constexpr detail::function_object<detail::contains_function> contains{};

/// Whether the elements of the second range stand next to each other in the first; none always do. Throws, blocks, thread
/// safety, complexity: as pel::search.
inline constexpr detail::function_object<detail::contains_subrange_function> contains_subrange{};

/// Whether the first range begins with the elements of the second. Throws, blocks, thread safety, complexity: as
/// pel::mismatch; sizes are compared first, where they are known at once.
inline constexpr detail::function_object<detail::starts_with_function> starts_with{};

/// Whether the first range ends with the elements of the second. The same.
inline constexpr detail::function_object<detail::ends_with_function> ends_with{};

PEL_NAMESPACE_END
