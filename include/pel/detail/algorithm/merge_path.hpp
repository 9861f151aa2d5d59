// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine of merges. The output of a stable merge is cut where one likes: two searches in the inputs tell where the
// k-th element of the output comes from, so all blocks of the output can be made at the same time.
// Source: O. Green, S. Odeh, Y. Birk, "Merge Path", 2014; stability: C. Siebert, J. L. Träff, "Perfectly load-balanced,
// stable, synchronization-free parallel merge", 2014.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/foreseen.hpp>
#include <pel/parallel_for.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// How an element of the first range compares with one of the second. Two of one range are never compared: the types
/// may be different, and the comparator need not know more.
template <class I, class J, class Compare, class P, class Q>
class cross_order {
public:
    cross_order(Compare& compare, P& projection1, Q& projection2) noexcept
        : compare_(compare), projection1_(projection1), projection2_(projection2) {}

    template <class A, class B>
    PEL_ALWAYS_INLINE bool is_first_less(const A& a, const B& b) const {
        return std::invoke(compare_, std::invoke(projection1_, *a), std::invoke(projection2_, *b));
    }
    template <class A, class B>
    PEL_ALWAYS_INLINE bool is_second_less(const A& a, const B& b) const {
        return std::invoke(compare_, std::invoke(projection2_, *b), std::invoke(projection1_, *a));
    }

private:
    held_callable<Compare, projected_t<J, Q>, projected_t<I, P>> compare_;
    held_callable<P, std::iter_reference_t<I>> projection1_;
    held_callable<Q, std::iter_reference_t<J>> projection2_;
};

/// Returns: how many of n elements come first that satisfy the predicate, which is asked with iterators. Requires: all
/// those come before the others. Complexity: log n + 1 calls.
template <class I, class Predicate>
std::uint64_t count_leading(I first, std::uint64_t n, const Predicate& predicate) {
    std::uint64_t count = 0;
    while (n != 0) {
        const std::uint64_t half = n / 2;
        const I middle = std::ranges::next(first, static_cast<std::iter_difference_t<I>>(half));
        if (predicate(middle)) {
            first = std::ranges::next(middle);
            count += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return count;
}

/// Two sorted ranges, and what a stable merge makes of them: of elements that are equal the first range's come first.
template <class I, class J, class Order>
struct merge_path {
    I first1;
    std::uint64_t size1;
    J first2;
    std::uint64_t size2;
    const Order& order;

    std::uint64_t size() const noexcept { return size1 + size2; }

    /// What comes behind so many elements of each: as much as there may be in `count` elements of the output.
    merge_path next(std::uint64_t first, std::uint64_t second, std::uint64_t count) const {
        return {nth_of(first1, first), std::min(count, size1 - first), nth_of(first2, second),
                std::min(count, size2 - second), order};
    }

    /// Returns: how many of the first k elements of the output are the first range's. The others are the second's.
    /// Complexity: log min(k, size1, size2, size() - k) + 1 comparisons.
    std::uint64_t of_first(std::uint64_t k) const {
        // The element m of the first range is among them unless that one is less which has its place otherwise.
        std::uint64_t lo = k > size2 ? k - size2 : 0;
        std::uint64_t hi = std::min(k, size1);
        while (lo < hi) {
            const std::uint64_t m = lo + (hi - lo) / 2;
            if (order.is_second_less(nth_of(first1, m), nth_of(first2, k - 1 - m)))
                hi = m;
            else
                lo = m + 1;
        }
        return lo;
    }
};

/// What is left of a merge, and where it goes.
template <class I, class J, class O>
struct merge_rest {
    I first1, last1;
    J first2, last2;
    O out;
};

/// How elements get into the output.
struct copied_element {
    template <class O, class I>
    PEL_ALWAYS_INLINE void operator()(const O& out, const I& from) const {
        *out = *from;
    }
};
struct moved_element {
    template <class O, class I>
    PEL_ALWAYS_INLINE void operator()(const O& out, const I& from) const {
        *out = std::ranges::iter_move(from);
    }
};

/// Iterators of which one of two can be chosen without a branch.
template <class I, class J>
inline constexpr bool chosen_like_words =
    std::is_same_v<I, J> && std::is_trivially_copyable_v<I> && sizeof(I) == sizeof(void*);

/// Requires: there is an element in each range.
template <bool Chooses, class I, class J, class O, class Order, class Assign>
PEL_ALWAYS_INLINE void merge_one(merge_rest<I, J, O>& rest, const Order& order, const Assign& assign) {
    if constexpr (Chooses) {
        const bool is_second = order.is_second_less(rest.first1, rest.first2);
        assign(rest.out, is_second ? rest.first2 : rest.first1);
        rest.first1 += static_cast<std::iter_difference_t<I>>(!is_second);
        rest.first2 += static_cast<std::iter_difference_t<J>>(is_second);
    } else if (order.is_second_less(rest.first1, rest.first2)) {
        assign(rest.out, rest.first2);
        ++rest.first2;
    } else {
        assign(rest.out, rest.first1);
        ++rest.first1;
    }
    ++rest.out;
}

/// Merges until one of the ranges is empty, or as many elements are written. Returns: how many are not. When something
/// throws, `rest` says what is left.
template <bool Chooses, class I, class J, class O, class Order, class Assign>
PEL_ALWAYS_INLINE std::uint64_t merge_until_empty(merge_rest<I, J, O>& rest, std::uint64_t count, const Order& order,
                                                  const Assign& assign) {
    for (;;) {
        std::uint64_t sure = count; // neither range can run out before
        if constexpr (std::random_access_iterator<I> && std::random_access_iterator<J>)
            sure = std::min({count, size_of(rest.first1, rest.last1), size_of(rest.first2, rest.last2)});
        else
            sure = rest.first1 != rest.last1 && rest.first2 != rest.last2 ? std::min(count, std::uint64_t{1}) : 0;
        if (sure == 0) return count;
        count -= sure;
        for (; sure != 0; --sure) detail::merge_one<Chooses>(rest, order, assign);
    }
}

/// Merges two in turns, until a range of one is empty or as many elements are written of each: a step of one is made while
/// the other waits for its comparison. Returns: how many are not.
template <class I, class J, class O, class Order, class Assign>
PEL_ALWAYS_INLINE std::uint64_t merge_both_until_empty(merge_rest<I, J, O>& a, merge_rest<I, J, O>& b,
                                                       std::uint64_t count, const Order& order, const Assign& assign) {
    for (;;) {
        std::uint64_t sure = std::min({count, size_of(a.first1, a.last1), size_of(a.first2, a.last2),
                                       size_of(b.first1, b.last1), size_of(b.first2, b.last2)});
        if (sure == 0) return count;
        count -= sure;
        for (; sure != 0; --sure) {
            detail::merge_one<true>(a, order, assign);
            detail::merge_one<true>(b, order, assign);
        }
    }
}

/// Whether the first steps are foreseen, of those that write `count` elements.
template <class I, class J, class O, class Order>
bool begins_foreseen(const merge_rest<I, J, O>& rest, std::uint64_t count, const Order& order) {
    I first1 = rest.first1;
    J first2 = rest.first2;
    return detail::begins_foreseen(size_of(first1, rest.last1), size_of(first2, rest.last2), count, [&] {
        const bool is_second = order.is_second_less(first1, first2);
        first1 += static_cast<std::iter_difference_t<I>>(!is_second);
        first2 += static_cast<std::iter_difference_t<J>>(is_second);
        return static_cast<unsigned>(is_second);
    });
}

} // namespace detail
PEL_NAMESPACE_END
