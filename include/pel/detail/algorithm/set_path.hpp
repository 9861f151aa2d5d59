// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The way that a set operation goes through two sorted ranges: past the lesser element, or past one of each if they are
// equal, until one range has no more of them. Every place on that way is a good one to begin at, so long runs of equal
// elements are cut too. Compares elements of different ranges only.
// Source: the "balanced path" of S. Baxter's moderngpu, 2013.
#pragma once

#include <pel/detail/algorithm/merge_path.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// So many elements of both ranges are behind.
struct set_place {
    std::uint64_t first = 0, second = 0;
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
        const I last_before = detail::at(ranges.first1, first - 1);
        const J equal2 = detail::at(ranges.first2, second);
        if (ranges.order.is_first_less(last_before, equal2)) return {first, second};
        return in_run(k, first, second);
    }

    set_part<I, J, Order> part(const set_place& from, const set_place& to) const {
        return {detail::at(ranges.first1, from.first), detail::at(ranges.first1, to.first),
                detail::at(ranges.first2, from.second), detail::at(ranges.first2, to.second), ranges.order};
    }

private:
    /// The same where the element before `first` and the one at `second` are equal.
    set_place in_run(std::uint64_t k, std::uint64_t first, std::uint64_t second) const {
        const Order& order = ranges.order;
        const J some2 = detail::at(ranges.first2, second);
        const std::uint64_t begin1 =
            count_leading(ranges.first1, first, [&](const I& a) { return order.is_first_less(a, some2); });
        const I some1 = detail::at(ranges.first1, begin1);
        const std::uint64_t begin2 =
            count_leading(ranges.first2, second, [&](const J& b) { return order.is_second_less(some1, b); });
        const std::uint64_t run1 =
            count_leading(some1, ranges.size1 - begin1, [&](const I& a) { return !order.is_second_less(a, some2); });
        const std::uint64_t run2 = count_leading(detail::at(ranges.first2, begin2), ranges.size2 - begin2,
                                                 [&](const J& b) { return !order.is_first_less(some1, b); });
        const std::uint64_t behind = k - begin1 - begin2; // elements of the run
        if (behind / 2 <= std::min(run1, run2)) return {begin1 + behind / 2, begin2 + behind / 2};
        if (run1 < run2) return {begin1 + run1, begin2 + behind - run1};
        return {begin1 + behind - run2, begin2 + run2};
    }
};
template <class I, class J, class Order>
set_path(merge_path<I, J, Order>) -> set_path<I, J, Order>;

template <class I, class J, class O, bool TakesSecond>
concept set_output = output_of<O, std::iter_reference_t<I>> && (!TakesSecond || output_of<O, std::iter_reference_t<J>>);

/// Which elements a set operation takes: see set_operation.
template <bool TakesFirst, bool TakesSecond, bool TakesBoth>
struct set_elements {
    template <class I, class S, class J, class T, class O, class Order>
    static void write(I& first1, const S& last1, J& first2, const T& last2, O& out, Order order) {
        while (first1 != last1 && first2 != last2) {
            if (order.is_first_less(first1, first2)) {
                copy_if<TakesFirst>(out, first1);
                ++first1;
            } else if (order.is_second_less(first1, first2)) {
                copy_if<TakesSecond>(out, first2);
                ++first2;
            } else {
                copy_if<TakesBoth>(out, first1);
                ++first1;
                ++first2;
            }
        }
        if constexpr (TakesFirst) copy_all(first1, last1, out);
        if constexpr (TakesSecond) copy_all(first2, last2, out);
    }

    /// Returns: how many that writes.
    template <class I, class J, class Order>
    static std::uint64_t count(const set_part<I, J, Order>& part) {
        const std::uint64_t both = count_pairs(part);
        const std::uint64_t only1 = size_of(part.first1, part.last1) - both;
        const std::uint64_t only2 = size_of(part.first2, part.last2) - both;
        return (TakesFirst ? only1 : 0) + (TakesSecond ? only2 : 0) + (TakesBoth ? both : 0);
    }

private:
    template <bool Takes, class O, class I>
    PEL_ALWAYS_INLINE static void copy_if(O& out, const I& from) {
        if constexpr (Takes) {
            *out = *from;
            ++out;
        }
    }
    template <class I, class S, class O>
    static void copy_all(I& first, const S& last, O& out) {
        if constexpr (std::is_same_v<I, S> && std::contiguous_iterator<I>) {
            out = std::copy(first, last, out);
            first = last;
        } else {
            for (; first != last; ++first, (void)++out) *out = *first;
        }
    }
    template <class I, class J, class Order>
    static std::uint64_t count_pairs(const set_part<I, J, Order>& part) {
        std::uint64_t pairs = 0;
        I first1 = part.first1;
        J first2 = part.first2;
        const Order order = part.order; // in registers
        while (first1 != part.last1 && first2 != part.last2) {
            if (order.is_first_less(first1, first2)) {
                ++first1;
            } else if (order.is_second_less(first1, first2)) {
                ++first2;
            } else {
                ++first1;
                ++first2;
                ++pairs;
            }
        }
        return pairs;
    }
};

/// Returns: as count_leading(), of which the first are asked one after the other, then in growing steps. Complexity:
/// at most 2 log(count + 1) + 1 calls.
template <class I, class Predicate>
std::uint64_t count_leading_nearby(const I& first, std::uint64_t n, const Predicate& predicate) {
    std::uint64_t count = 0, step = 1;
    for (; step <= n - count && predicate(at(first, count + step - 1)); step *= 2) count += step;
    return count + count_leading(at(first, count), std::min(step - 1, n - count), predicate);
}

/// Whether the first range has the elements [lo, hi) of the second after those before lo. Requires: lo < hi.
template <class I, class J, class Order>
bool includes_block(const merge_path<I, J, Order>& ranges, std::uint64_t lo, std::uint64_t hi) {
    const Order& order = ranges.order;
    J second = at(ranges.first2, lo);
    std::uint64_t i =
        count_leading(ranges.first1, ranges.size1, [&](const I& a) { return order.is_first_less(a, second); });
    if (i == ranges.size1) return false;
    const I begin1 = at(ranges.first1, i);
    if (order.is_second_less(begin1, second)) return false;
    // As many of the elements that are equal to the first one are taken as stand before it.
    const std::uint64_t begin2 =
        count_leading(ranges.first2, lo, [&](const J& b) { return order.is_second_less(begin1, b); });
    if (lo - begin2 > ranges.size1 - i) return false;
    i += lo - begin2;
    for (; lo != hi; ++lo, ++second, ++i) {
        const auto is_less = [&](const I& a) { return order.is_first_less(a, second); };
        i += count_leading_nearby(at(ranges.first1, i), ranges.size1 - i, is_less);
        if (i == ranges.size1 || order.is_second_less(at(ranges.first1, i), second)) return false;
    }
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
