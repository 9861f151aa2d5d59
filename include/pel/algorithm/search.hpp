// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// search, find_end, search_n, find_first_of. Source: [alg.search], [alg.find.end], [alg.find.first.of].
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

enum class beginning { same, other, too_short };

/// Whether the pattern stands at the beginning of [each, last). Effects: if so, `each` is behind it.
template <class I, class S, class J, class T, class Test>
beginning compare_beginning(I& each, const S& last, J pattern, const T& pattern_end, const Test& test) {
    for (; pattern != pattern_end; ++each, (void)++pattern) {
        if (each == last) return beginning::too_short;
        if (!test(*each, *pattern)) return beginning::other;
    }
    return beginning::same;
}

/// Whether the pattern stands at `each`, where the range is long enough.
template <class I, class J, class T, class Test>
bool stands_at(I each, const J& pattern, const T& pattern_end, const Test& test) {
    return detail::compare_beginning(each, std::unreachable_sentinel, pattern, pattern_end, test) == beginning::same;
}

/// Returns: the first place of the pattern, or the last one, else {last, last}.
template <bool IsLast, class Policy, class I, class S, class J, class T, class Test>
std::ranges::subrange<I> find_pattern(const Policy& policy, I first, S last, J pattern, T pattern_end,
                                      const Test& test) {
    if constexpr (is_numbered<I, S>) {
        const std::uint64_t size = size_of(first, last), length = size_of(pattern, pattern_end);
        const I end = nth_of(first, size);
        if (length == 0) return IsLast ? std::ranges::subrange<I>{end, end} : std::ranges::subrange<I>{first, first};
        if (length > size) return {end, end};
        const auto from = base_of(first);
        const std::uint64_t places = size - length + 1;
        const std::uint64_t n = first_found(policy, places, [&](std::uint64_t lo, std::uint64_t hi) {
            const auto in_registers = test;
            const auto place = [&] { return nth_of(from, IsLast ? places - 1 - lo : lo); };
            while (lo != hi && !detail::stands_at(place(), pattern, pattern_end, in_registers)) ++lo;
            return lo;
        });
        if (n == places) return {end, end};
        const I found = nth_of(first, IsLast ? places - 1 - n : n);
        return {found, nth_of(found, length)};
    } else {
        if (IsLast && pattern == pattern_end) first = std::ranges::next(first, last);
        std::ranges::subrange<I> found{first, first};
        bool is_found = false;
        for (;; ++first) {
            I each = first;
            const beginning is = detail::compare_beginning(each, last, pattern, pattern_end, test);
            if (is == beginning::too_short) break;
            if (is == beginning::other) continue;
            found = {first, each};
            is_found = true;
            if (!IsLast || first == last) break;
        }
        if (is_found) return found;
        first = std::ranges::next(first, last);
        return {first, first};
    }
}

/// Returns: the first place in [lo, hi) from which on test(element) says yes `length` times, else hi. The last element
/// of a place is looked at first, so that a no passes over all places that it is part of. None is looked at twice.
template <class Base, class Test>
std::uint64_t find_run(const Base& from, std::uint64_t lo, std::uint64_t hi, std::uint64_t length, const Test& test) {
    std::uint64_t known = 0; // so many elements from lo on are part of the run
    while (lo < hi) {
        const std::uint64_t end = lo + length;
        std::uint64_t n = end;
        while (n != lo + known && test(*nth_of(from, n - 1))) --n;
        if (n == lo + known) return lo;
        known = end - n;
        lo = n;
    }
    return hi;
}

/// Returns: the first `length` elements next to each other for which test(element) says yes, else {last, last}.
template <class Policy, class I, class S, class Test>
std::ranges::subrange<I> find_first_run(const Policy& policy, I first, S last, std::uint64_t length, const Test& test) {
    if (length == 0) return {first, first};
    if constexpr (is_numbered<I, S>) {
        const std::uint64_t size = size_of(first, last);
        const I end = nth_of(first, size);
        if (length > size) return {end, end};
        const auto from = base_of(first);
        const std::uint64_t places = size - length + 1;
        const auto find = [&](std::uint64_t lo, std::uint64_t hi) {
            return detail::find_run(from, lo, hi, length, test);
        };
        // However short blocks are, no element is looked at by more than two of them.
        const std::uint64_t n = first_found(policy, places, find, length);
        if (n == places) return {end, end};
        return {nth_of(first, n), nth_of(first, n + length)};
    } else {
        while (first != last) {
            I each = first;
            std::uint64_t n = 0;
            for (; n != length && each != last && test(*each); ++n) ++each;
            if (n == length) return {std::move(first), std::move(each)};
            first = each == last ? std::move(each) : std::ranges::next(std::move(each));
        }
        return {first, first};
    }
}

/// Whether an element stands in a relation to one of a set.
template <class J, class T, class Test>
struct member_test {
    const J& set;
    const T& set_end;
    const Test test;

    template <class Element>
    bool operator()(Element&& element) const {
        for (J each = set; each != set_end; ++each) {
            if (test(element, *each)) return true;
        }
        return false;
    }
};

/// As std::boyer_moore_searcher: finds its pattern in a range.
template <class Searcher, class I>
concept searcher_of = requires(const Searcher& searcher, I first) {
    { searcher(first, first).first } -> std::convertible_to<I>;
};

template <bool IsLast>
struct search_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, std::forward_iterator J,
              std::sentinel_for<J> T, class F = std::equal_to<>>
        requires relation_of<F, I, J>
    I operator()(const Policy& policy, I first1, S last1, J first2, T last2, F f = {}) const {
        return run(policy, std::move(first1), last1, std::move(first2), last2, f, std::identity(), std::identity())
            .begin();
    }
    template <execution_policy Policy, std::ranges::forward_range R, std::ranges::forward_range T,
              class F = std::equal_to<>, class P = std::identity, class Q = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<T>, P, Q>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range1, T&& range2, F f = {},
                                                   P projection1 = {}, Q projection2 = {}) const {
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2), f, projection1, projection2);
    }
    /// (Two arrays are ranges: their predicate is not asked to search.)
    template <execution_policy Policy, std::forward_iterator I, class S, class Searcher>
        requires(!IsLast && !std::is_array_v<std::remove_reference_t<S>> &&
                 std::sentinel_for<std::remove_cvref_t<S>, I> && searcher_of<Searcher, I>)
    I operator()(const Policy&, I first, S&& last, const Searcher& searcher) const {
        return searcher(first, std::ranges::next(first, std::forward<S>(last))).first;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::search, find_end: take ([policy], range1, range2, [f], [projections]) or ([policy], first1, "
            "last1, first2, last2, [f]) or (first, last, searcher), forward iterators, f a predicate on an element of "
            "each");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T, class F, class P, class Q>
    static std::ranges::subrange<I> run(const Policy& policy, I first1, S last1, J first2, T last2, F& f, P projection1,
                                        Q projection2) {
        const pair_test<F, I, J, P, Q> test{f, projection1, projection2};
        return detail::find_pattern<IsLast>(policy, std::move(first1), last1, std::move(first2), last2, test);
    }
};

/// Whether an element stands in a relation to a value.
template <class T, class F, class P, class I>
struct related_test {
    const T& value;
    held_callable<F, projected_t<I, P>, const T&> f;
    held_callable<P, std::iter_reference_t<I>> projection;

    template <class Element>
    PEL_ALWAYS_INLINE bool operator()(Element&& element) const {
        return static_cast<bool>(std::invoke(f, std::invoke(projection, std::forward<Element>(element)), value));
    }
};
template <class F, class T, class I, class P = std::identity>
concept relation_to_value = projection_of<P, I> && std::predicate<F&, projected_t<I, P>, const T&>;

struct search_n_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, std::integral Size, class T,
              class F = std::equal_to<>>
        requires relation_to_value<F, T, I>
    I operator()(const Policy& policy, I first, S last, Size count, const T& value, F f = {}) const {
        const related_test<T, F, std::identity, I> test{value, f, {}};
        return detail::find_first_run(policy, std::move(first), last, count_of(count), test).begin();
    }
    template <execution_policy Policy, std::ranges::forward_range R, std::integral Size, class T,
              class F = std::equal_to<>, class P = std::identity>
        requires relation_to_value<F, T, iterator_of<R>, P>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, Size count, const T& value,
                                                   F f = {}, P projection = {}) const {
        const related_test<T, F, P, iterator_of<R>> test{value, f, projection};
        return detail::find_first_run(policy, std::ranges::begin(range), std::ranges::end(range), count_of(count),
                                      test);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::search_n: takes ([policy], range, count, value, [f], [projection]) or ([policy], first, "
                      "last, count, value, [f]), forward iterators, f a predicate on an element and the value");
        return {};
    }
};

struct find_first_of_function {
    using default_compare = std::equal_to<>;

    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, std::forward_iterator J,
              std::sentinel_for<J> T, class F = std::equal_to<>>
        requires relation_of<F, I, J>
    I operator()(const Policy& policy, I first1, S last1, J first2, T last2, F f = {}) const {
        return run(policy, std::move(first1), last1, first2, last2, f, std::identity(), std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, std::ranges::forward_range T,
              class F = std::equal_to<>, class P = std::identity, class Q = std::identity>
        requires relation_of<F, iterator_of<R>, iterator_of<T>, P, Q>
    safe_iterator_of<R> operator()(const Policy& policy, R&& range1, T&& range2, F f = {}, P projection1 = {},
                                   Q projection2 = {}) const {
        return run(policy, std::ranges::begin(range1), std::ranges::end(range1), std::ranges::begin(range2),
                   std::ranges::end(range2), f, projection1, projection2);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::find_first_of: takes ([policy], range1, range2, [f], [projections]) or ([policy], first1, "
                      "last1, first2, last2, [f]), f a predicate on an element of each");
        return {};
    }

private:
    template <class Policy, class I, class S, class J, class T, class F, class P, class Q>
    static I run(const Policy& policy, I first1, S last1, const J& first2, const T& last2, F& f, P projection1,
                 Q projection2) {
        using test = pair_test<F, I, J, P, Q>;
        const member_test<J, T, test> is_member{first2, last2, test{f, projection1, projection2}};
        return detail::find_element(policy, std::move(first1), last1, is_member);
    }
};

} // namespace detail

/// Returns: where the elements of the second range stand next to each other in the first, the first time, else the end;
/// of a range, a subrange. An empty pattern is found at the beginning. Throws, blocks, thread safety, and what is
/// looked at beyond the match: as pel::find_if. Complexity: at each place, at most the pattern's size. A searcher (such
/// as std::boyer_moore_searcher) is asked once, on the calling thread, as in std::search: how far its pattern reaches
/// only it knows.
inline constexpr detail::function_object<detail::search_function<false>> search{};

/// The same, the last time; the search begins at the end. An empty pattern is found at the end, as in std::find_end.
inline constexpr detail::function_object<detail::search_function<true>> find_end{};

/// Returns: the first `count` elements next to each other that are equal to value, or of which f(element, value) says
/// yes; the beginning, if count is not positive. f is called through a reference by several threads. Throws, blocks,
/// thread safety: as pel::find_if. Complexity: 2 n calls at most; n / count, if hardly any says yes.
inline constexpr detail::function_object<detail::search_n_function> search_n{};

/// Returns: the first element of the first range that is equal to one of the second, or of which f says so. Complexity:
/// as pel::find_if, with as many calls for each element as the second range has.
inline constexpr detail::function_object<detail::find_first_of_function> find_first_of{};

PEL_NAMESPACE_END
