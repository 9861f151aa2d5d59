// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The way that a set operation goes through two sorted ranges: past the lesser element, or past one of each if they are
// equal, until one range has no more of them. Every place on that way is a good one to begin at, so long runs of equal
// elements are cut too. Compares elements of different ranges only.
// Source: the "balanced path" of S. Baxter's moderngpu, 2013.
#pragma once

#include <pel/detail/algorithm/merge_path.hpp>

#include <algorithm>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// So many elements of both ranges are behind.
struct set_place {
    std::uint64_t first = 0, second = 0;

    constexpr std::uint64_t behind() const noexcept { return first + second; }
};

/// A part of both ranges, from one place to another.
template <class I, class J, class Order>
struct set_part {
    I first1, last1;
    J first2, last2;
    const Order& order;
};

template <class I, class J, class Order>
struct set_path {
    merge_path<I, J, Order> ranges;

    /// Returns: the last place on the way with at most k elements behind it, so k or k - 1; rising with k.
    /// Complexity: O(log size) comparisons.
    set_place at(std::uint64_t k) const {
        // The merge takes the same way up to runs of equal elements that both ranges have.
        const std::uint64_t first = ranges.of_first(k), second = k - first;
        if (first == 0 || second == ranges.size2) return {first, second};
        const I last_before = nth_of(ranges.first1, first - 1);
        const J equal2 = nth_of(ranges.first2, second);
        if (ranges.order.is_first_less(last_before, equal2)) return {first, second};
        return in_run(k, first, second);
    }

    /// The same, for a place on the way with no more than k elements behind it. Complexity: O(log of how far it is), of
    /// elements that are near.
    set_place after(const set_place& from, std::uint64_t k) const {
        const std::uint64_t ahead = k - from.behind();
        return set_path{ranges.next(from.first, from.second, ahead)}.at_from(from, ahead);
    }
    /// The same on the way from one place to another, and, where there is no order, between them too.
    set_place between(const set_place& from, const set_place& to, std::uint64_t k) const {
        const set_path part{{nth_of(ranges.first1, from.first), to.first - from.first,
                             nth_of(ranges.first2, from.second), to.second - from.second, ranges.order}};
        return part.at_from(from, k - from.behind());
    }

    set_part<I, J, Order> part(const set_place& from, const set_place& to) const {
        return {nth_of(ranges.first1, from.first), nth_of(ranges.first1, to.first), nth_of(ranges.first2, from.second),
                nth_of(ranges.first2, to.second), ranges.order};
    }

private:
    /// at(), where the element before `first` and the one at `second` are equal.
    set_place in_run(std::uint64_t k, std::uint64_t first, std::uint64_t second) const {
        const Order& order = ranges.order;
        const J some2 = nth_of(ranges.first2, second);
        const std::uint64_t begin1 =
            detail::count_leading(ranges.first1, first, [&](const I& a) { return order.is_first_less(a, some2); });
        const I some1 = nth_of(ranges.first1, begin1);
        const std::uint64_t begin2 =
            detail::count_leading(ranges.first2, second, [&](const J& b) { return order.is_second_less(some1, b); });
        // Where there is no order it may be said that a run ends before it gets here, which would lead out of the ranges.
        const std::uint64_t run1 =
            std::max(first - begin1, detail::count_leading(some1, ranges.size1 - begin1, [&](const I& a) {
                         return !order.is_second_less(a, some2);
                     }));
        const std::uint64_t run2 = std::max(
            second - begin2, detail::count_leading(nth_of(ranges.first2, begin2), ranges.size2 - begin2,
                                                   [&](const J& b) { return !order.is_first_less(some1, b); }));
        const std::uint64_t behind = k - begin1 - begin2; // elements of the run
        if (behind <= 2 * std::min(run1, run2)) return {begin1 + behind / 2, begin2 + behind / 2};
        if (run1 < run2) return {begin1 + run1, begin2 + behind - run1};
        return {begin1 + behind - run2, begin2 + run2};
    }
    /// Returns: at(ahead) of ranges that begin at `from`, as it is in all of them.
    set_place at_from(const set_place& from, std::uint64_t ahead) const {
        const set_place to = at(ahead);
        return {from.first + to.first, from.second + to.second};
    }
};
template <class I, class J, class Order>
set_path(merge_path<I, J, Order>) -> set_path<I, J, Order>;

/// Returns: as count_leading(), of which the first are asked one after the other, then in growing steps. Complexity:
/// at most 2 log(count + 1) + 1 calls.
template <class I, class Predicate>
std::uint64_t count_leading_nearby(const I& first, std::uint64_t n, const Predicate& predicate) {
    std::uint64_t count = 0, step = 1;
    for (; step <= n - count && predicate(nth_of(first, count + step - 1)); step *= 2) count += step;
    return count + detail::count_leading(nth_of(first, count), std::min(step - 1, n - count), predicate);
}

/// Whether the first range has the elements [lo, hi) of the second after those before lo. Requires: lo < hi.
template <class I, class J, class Order>
bool includes_block(const merge_path<I, J, Order>& ranges, std::uint64_t lo, std::uint64_t hi) {
    const Order& order = ranges.order;
    J second = nth_of(ranges.first2, lo);
    std::uint64_t i =
        detail::count_leading(ranges.first1, ranges.size1, [&](const I& a) { return order.is_first_less(a, second); });
    if (i == ranges.size1) return false;
    const I begin1 = nth_of(ranges.first1, i);
    if (order.is_second_less(begin1, second)) return false;
    // As many of the elements that are equal to the first one are taken as stand before it.
    const std::uint64_t begin2 =
        detail::count_leading(ranges.first2, lo, [&](const J& b) { return order.is_second_less(begin1, b); });
    if (lo - begin2 > ranges.size1 - i) return false;
    i += lo - begin2;
    for (; lo != hi; ++lo, (void)++second, (void)++i) {
        const auto is_less = [&](const I& a) { return order.is_first_less(a, second); };
        i += detail::count_leading_nearby(nth_of(ranges.first1, i), ranges.size1 - i, is_less);
        if (i == ranges.size1 || order.is_second_less(nth_of(ranges.first1, i), second)) return false;
    }
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
