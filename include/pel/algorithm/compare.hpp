// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mismatch, equal, lexicographical_compare. Source: [mismatch], [alg.equal], [alg.lex.comparison].
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Where elements are compared as they are: the standard library has something better than a loop for some types.
template <class F, class P, class Q>
inline constexpr bool is_plain_equality =
    std::same_as<F, std::equal_to<>> && std::same_as<P, std::identity> && std::same_as<Q, std::identity>;

/// Returns: the first n in [lo, hi) for which test(element n of each) says no, else hi.
template <class Base1, class Base2, class Test>
std::uint64_t difference_in_block(const Base1& from1, const Base2& from2, std::uint64_t lo, std::uint64_t hi,
                                  const Test& test) {
    const auto in_registers = test;
    auto each2 = nth_of(from2, lo);
    for (auto each1 = nth_of(from1, lo); lo != hi && in_registers(*each1, *each2); ++each1, (void)++each2) ++lo;
    return lo;
}

/// Returns: where, of two ranges in step, test(element1, element2) first says no, or one of them ends.
template <class Policy, class I, class S, class J, class T, class Test>
std::pair<I, J> find_difference(const Policy& policy, I first1, S last1, J first2, T last2, const Test& test) {
    if constexpr (is_numbered<I, S> && is_numbered<J, T>) {
        const auto from1 = base_of(first1);
        const auto from2 = base_of(first2);
        const std::uint64_t size = std::min(size_of(first1, last1), size_of(first2, last2));
        const std::uint64_t n = first_found(policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
            return detail::difference_in_block(from1, from2, lo, hi, test);
        });
        return {nth_of(first1, n), nth_of(first2, n)};
    } else {
        while (first1 != last1 && first2 != last2 && test(*first1, *first2)) ++first1, (void)++first2;
        return {std::move(first1), std::move(first2)};
    }
}

/// Where the second range ends that is as long as the first, if that is known.
template <class I, class S, class J>
auto end_of_second(const I& first1, const S& last1, const J& first2) {
    if constexpr (is_numbered<I, S> && std::random_access_iterator<J>)
        return nth_of(first2, size_of(first1, last1));
    else
        return std::unreachable_sentinel;
}

struct mismatch_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              class F = std::equal_to<>>
        requires relation_of<F, I, J>
    std::pair<I, J> operator()(const Policy& policy, I first1, S last1, J first2, F f = {}) const {
        auto last2 = detail::end_of_second(first1, last1, first2);
        return run(policy, std::move(first1), last1, std::move(first2), last2, f, std::identity(), std::identity());
    }
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class F = std::equal_to<>>
        requires relation_of<F, I, J>
    std::pair<I, J> operator()(const Policy& policy, I first1, S last1, J first2, T last2, F f = {}) const {
        return run(policy, std::move(first1), last1, std::move(first2), last2, f, std::identity(), std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T,
              class F = std::equal_to<>, class P = std::identity, class Q = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<T>, P, Q>
    std::ranges::mismatch_result<safe_iterator_of<R>, safe_iterator_of<T>>
    operator()(const Policy& policy, R&& range1, T&& range2, F f = {}, P projection1 = {}, Q projection2 = {}) const {
        auto [end1, end2] = run(policy, std::ranges::begin(range1), std::ranges::end(range1),
                                std::ranges::begin(range2), std::ranges::end(range2), f, projection1, projection2);
        return {std::move(end1), std::move(end2)};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::mismatch: takes ([policy], range1, range2, [f], [projections]) or "
                                           "iterators as std::mismatch, f a predicate on an element of each");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T, class F, class P, class Q>
    static std::pair<I, J> run(const Policy& policy, I first1, S last1, J first2, T last2, F& f, P projection1,
                               Q projection2) {
        const pair_test<F, I, J, P, Q> test{f, projection1, projection2};
        return detail::find_difference(policy, std::move(first1), last1, std::move(first2), last2, test);
    }
};

struct equal_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              class F = std::equal_to<>>
        requires relation_of<F, I, J>
    bool operator()(const Policy& policy, I first1, S last1, J first2, F f = {}) const {
        auto last2 = detail::end_of_second(first1, last1, first2);
        if constexpr (std::same_as<decltype(last2), std::unreachable_sentinel_t>) {
            std::identity projection;
            const pair_test<F, I, J, std::identity, std::identity> test{f, projection, projection};
            return detail::find_difference(policy, std::move(first1), last1, std::move(first2), last2, test).first ==
                   last1;
        } else {
            return run(policy, std::move(first1), last1, std::move(first2), last2, f, std::identity(), std::identity());
        }
    }
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class F = std::equal_to<>>
        requires relation_of<F, I, J>
    bool operator()(const Policy& policy, I first1, S last1, J first2, T last2, F f = {}) const {
        if constexpr (std::sized_sentinel_for<S, I> && std::sized_sentinel_for<T, J>) {
            if (size_of(first1, last1) != size_of(first2, last2)) return false;
        }
        return run(policy, std::move(first1), last1, std::move(first2), last2, f, std::identity(), std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T,
              class F = std::equal_to<>, class P = std::identity, class Q = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<T>, P, Q>
    bool operator()(const Policy& policy, R&& range1, T&& range2, F f = {}, P projection1 = {},
                    Q projection2 = {}) const {
        if constexpr (std::ranges::sized_range<R> && std::ranges::sized_range<T>) {
            if (static_cast<std::uint64_t>(std::ranges::size(range1)) !=
                static_cast<std::uint64_t>(std::ranges::size(range2)))
                return false;
        }
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2), f, projection1, projection2);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::equal: takes ([policy], range1, range2, [f], [projections]) or "
                                           "iterators as std::equal, f a predicate on an element of each");
        return {};
    }

private:
    /// If the sizes of both are known, they are the same.
    template <class Policy, class I, class S, class J, class T, class F, class P, class Q>
    static bool run(const Policy& policy, I first1, S last1, J first2, T last2, F& f, P projection1, Q projection2) {
        const pair_test<F, I, J, P, Q> test{f, projection1, projection2};
        if constexpr (is_numbered<I, S> && is_numbered<J, T>) {
            const std::uint64_t size = size_of(first1, last1);
            const auto from1 = base_of(first1);
            const auto from2 = base_of(first2);
            constexpr bool are_pointers = std::is_pointer_v<decltype(from1)> && std::is_pointer_v<decltype(from2)>;
            const auto find = [&](std::uint64_t lo, std::uint64_t hi) {
                if constexpr (is_plain_equality<F, P, Q> && are_pointers)
                    return std::equal(from1 + lo, from1 + hi, from2 + lo) ? hi : lo;
                else
                    return detail::difference_in_block(from1, from2, lo, hi, test);
            };
            return first_found(policy, size, find) == size;
        } else {
            const auto [end1, end2] =
                detail::find_difference(policy, std::move(first1), last1, std::move(first2), last2, test);
            return end1 == last1 && end2 == last2;
        }
    }
};

struct lexicographical_compare_function {
    using default_compare = std::less<>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::input_iterator J,
              std::sentinel_for<J> T, class F = std::less<>>
        requires(relation_of<F, I, J> && relation_of<F, J, I>)
    bool operator()(const Policy& policy, I first1, S last1, J first2, T last2, F f = {}) const {
        return run(policy, std::move(first1), last1, std::move(first2), last2, f, std::identity(), std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::input_range T, class F = std::less<>,
              class P = std::identity, class Q = std::identity>
        requires(relation_of<F, iterator_of<R>, iterator_of<T>, P, Q> &&
                 relation_of<F, iterator_of<T>, iterator_of<R>, Q, P>)
    bool operator()(const Policy& policy, R&& range1, T&& range2, F f = {}, P projection1 = {},
                    Q projection2 = {}) const {
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2), f, projection1, projection2);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::lexicographical_compare: takes ([policy], range1, range2, [less], [projections]) or ([policy], "
            "first1, last1, first2, last2, [less]), less callable both ways round");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T, class F, class P, class Q>
    static bool run(const Policy& policy, I first1, S last1, J first2, T last2, F& f, P projection1, Q projection2) {
        const pair_test<F, I, J, P, Q> is_less{f, projection1, projection2};
        const pair_test<F, J, I, Q, P> is_greater{f, projection2, projection1};
        if constexpr (is_numbered<I, S> && is_numbered<J, T>) {
            const auto is_neither = [=](auto&& element1, auto&& element2) {
                return !is_less(element1, element2) && !is_greater(element2, element1);
            };
            const auto [end1, end2] =
                detail::find_difference(policy, std::move(first1), last1, std::move(first2), last2, is_neither);
            return end2 != last2 && (end1 == last1 || is_less(*end1, *end2));
        } else {
            for (; first1 != last1 && first2 != last2; ++first1, (void)++first2) {
                if (is_less(*first1, *first2)) return true;
                if (is_greater(*first2, *first1)) return false;
            }
            return first1 == last1 && first2 != last2;
        }
    }
};

} // namespace detail

/// Returns: the first places where two ranges in step differ, or where one ends. Iterators: as std::mismatch, the
/// second range is as long as the first if its end is not given. Ranges: as std::ranges::mismatch. Throws, blocks,
/// thread safety, complexity: as pel::find_if. Both ranges must have random-access iterators to be shared.
inline constexpr detail::function_object<detail::mismatch_function> mismatch{};

/// Returns: whether two ranges have the same elements. Ranges whose sizes are known and differ are not read; a
/// difference ends the search. Everything else: as pel::mismatch.
inline constexpr detail::function_object<detail::equal_function> equal{};

/// Returns: whether the first range comes before the second one in a dictionary: their first difference decides.
/// Complexity: as pel::mismatch, two comparisons for two elements, and one more.
inline constexpr detail::function_object<detail::lexicographical_compare_function> lexicographical_compare{};

PEL_NAMESPACE_END
