// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quick sort on one thread. Elements are compared in blocks and their places noted without a branch, so that the result
// of a comparison, which nobody can foresee, costs no mispredicted jump. Ranges that are sorted, or nearly, or hold few
// different values, are noticed; what is made to be bad for the choice of pivots ends in a heap sort.
// Elements are swapped, or taken out by a hole: none is lost when a comparison throws.
// Source: S. Edelkamp, A. Weiß, "BlockQuicksort", ESA 2016; O. Peters, "Pattern-defeating Quicksort", 2021.
#pragma once

#include <pel/detail/algorithm/heap_sort.hpp>
#include <pel/detail/algorithm/insertion_sort.hpp>

#include <algorithm>
#include <bit>
#include <iterator>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Elements that have to change sides: a stretch of the range next to one end of what is not looked at yet.
/// IsLeft: the stretch begins at the lower end and those not less than the pivot have to go; else it ends at the upper
/// end, and those less than the pivot.
template <class Base, bool IsLeft>
class misplaced {
public:
    static constexpr unsigned block = 64;

    bool is_empty() const noexcept { return count_ == begin_; }
    unsigned count() const noexcept { return count_ - begin_; }
    unsigned length() const noexcept { return length_; }

    /// Looks at `length` elements at `end`. Requires: is_empty().
    template <class Pivot, class Less>
    void look(Base end, unsigned length, const Pivot& pivot, const Less& less) {
        begin_ = 0;
        length_ = length;
        unsigned count = 0; // in a register; offsets_ beyond it do not count when a comparison throws
        for (unsigned each = 0; each < length; ++each) {
            offsets_[count] = static_cast<unsigned char>(each);
            if constexpr (IsLeft)
                count += !less(*nth_of(end, each), pivot);
            else
                count += static_cast<bool>(less(*(end - static_cast<std::iter_difference_t<Base>>(each) - 1), pivot));
        }
        count_ = count;
    }
    /// Returns: the place of the n-th that has to go.
    Base place(Base end, unsigned n) const noexcept {
        const std::iter_difference_t<Base> offset = offsets_[begin_ + n];
        return IsLeft ? end + offset : end - offset - 1;
    }
    void drop_first(unsigned n) noexcept { begin_ += n; }

private:
    unsigned begin_ = 0, count_ = 0, length_ = 0;
    unsigned char offsets_[block];
};

/// Makes elements of one side change places with as many of the other.
template <class Base>
void exchange_misplaced(misplaced<Base, true>& left, Base lower, misplaced<Base, false>& right, Base upper) {
    const unsigned n = std::min(left.count(), right.count());
    if (n == 0) return;
    if constexpr (moves_safely<Base>) { // in one cycle: a move for each place
        hole<Base> gap(left.place(lower, 0));
        gap.move_to(right.place(upper, 0));
        for (unsigned each = 1; each < n; ++each) {
            gap.move_to(left.place(lower, each));
            gap.move_to(right.place(upper, each));
        }
    } else {
        for (unsigned each = 0; each < n; ++each)
            std::ranges::iter_swap(left.place(lower, each), right.place(upper, each));
    }
    left.drop_first(n);
    right.drop_first(n);
}

/// Brings elements less than the pivot to the front of [lower, upper). Returns: where the others begin.
template <class Base, class Pivot, class Less>
Base partition_blocks(Base lower, Base upper, const Pivot& pivot, const Less& less) {
    constexpr unsigned block = misplaced<Base, true>::block;
    misplaced<Base, true> left;
    misplaced<Base, false> right;
    for (;;) {
        // A side that has been looked at and is not used up keeps its block of what is left.
        const auto unknown = static_cast<std::uint64_t>(upper - lower) - (left.is_empty() ? 0 : left.length()) -
                             (right.is_empty() ? 0 : right.length());
        if (left.is_empty() && right.is_empty()) {
            if (unknown == 0) return lower;
            const auto half = static_cast<unsigned>(std::min<std::uint64_t>(block, unknown / 2 + unknown % 2));
            left.look(lower, half, pivot, less);
            right.look(upper, static_cast<unsigned>(std::min<std::uint64_t>(block, unknown - half)), pivot, less);
        } else if (unknown == 0) {
            break;
        } else if (left.is_empty()) {
            left.look(lower, static_cast<unsigned>(std::min<std::uint64_t>(block, unknown)), pivot, less);
        } else {
            right.look(upper, static_cast<unsigned>(std::min<std::uint64_t>(block, unknown)), pivot, less);
        }
        detail::exchange_misplaced(left, lower, right, upper);
        if (left.is_empty()) lower = nth_of(lower, left.length());
        if (right.is_empty()) upper -= static_cast<std::iter_difference_t<Base>>(right.length());
    }
    // All have been looked at; what one side still has to give away goes to its far end, the farthest first.
    if (!left.is_empty()) {
        for (unsigned each = left.count(); each-- > 0;) std::ranges::iter_swap(left.place(lower, each), --upper);
        return upper;
    }
    for (unsigned each = right.count(); each-- > 0; ++lower) std::ranges::iter_swap(right.place(upper, each), lower);
    return lower;
}

template <class Base>
struct partition_cut {
    Base pivot;
    bool was_already;
};

/// Partitions by the first element: those less than it come before it, the others behind.
template <class Base, class Less>
partition_cut<Base> partition_by_first(Base first, Base last, const Less& less) {
    using value = std::iter_value_t<Base>;
    Base lower = first + 1;
    Base upper = last;
    const auto cut = [&](const auto& pivot) {
        while (lower != upper && less(*lower, pivot)) ++lower;
        while (lower != upper && !less(*(upper - 1), pivot)) --upper;
        const bool was_already = lower == upper;
        if (!was_already) lower = detail::partition_blocks(lower, upper, pivot, less);
        return was_already;
    };
    bool was_already;
    if constexpr (std::is_trivially_copyable_v<value> && std::is_copy_constructible_v<value> &&
                  sizeof(value) <= 2 * sizeof(void*))
        was_already = cut(value(*first));
    else
        was_already = cut(*first);
    std::ranges::iter_swap(first, lower - 1);
    return {lower - 1, was_already};
}

/// Partitions by the first element where none is less: those equal to it come first. Returns: where the others begin.
template <class Base, class Less>
Base partition_equal(Base first, Base last, const Less& less) {
    // Not greater than the first means: not less than it, seen from the other side.
    const auto not_greater = [&less](const auto& element, const auto& pivot) { return !less(pivot, element); };
    return detail::partition_blocks(first + 1, last, *first, not_greater);
}

template <class Base, class Less>
void sort_two(Base a, Base b, const Less& less) {
    if (less(*b, *a)) std::ranges::iter_swap(a, b);
}
template <class Base, class Less>
void sort_three(Base a, Base b, Base c, const Less& less) {
    detail::sort_two(a, b, less);
    detail::sort_two(b, c, less);
    detail::sort_two(a, b, less);
}

/// Brings a median of three elements, or of nine, to the front.
template <class Base, class Less>
void choose_pivot(Base first, Base last, const Less& less) {
    constexpr std::iter_difference_t<Base> many = 128;
    const auto size = last - first;
    const Base middle = first + size / 2;
    if (size > many) {
        detail::sort_three(first, middle, last - 1, less);
        detail::sort_three(first + 1, middle - 1, last - 2, less);
        detail::sort_three(first + 2, middle + 1, last - 3, less);
        detail::sort_three(middle - 1, middle, middle + 1, less);
        std::ranges::iter_swap(first, middle);
    } else {
        detail::sort_three(middle, first, last - 1, less);
    }
}

/// Moves a few elements to other places, so that what made the last pivot bad does not do so again.
template <class Base>
void break_pattern(Base first, Base last) {
    const auto size = last - first;
    if (size < 24) return;
    const auto quarter = size / 4;
    for (std::iter_difference_t<Base> each = 0; each < 3; ++each) {
        std::ranges::iter_swap(first + each, first + each + quarter);
        std::ranges::iter_swap(last - 1 - each, last - 1 - each - quarter);
    }
}

/// IsGuarded: the element before `first` exists, and is not greater than any. bad: how many bad pivots are put up with.
template <bool IsGuarded, class Base, class Less>
void quick_sort(Base first, Base last, const Less& less, unsigned bad) {
    constexpr std::iter_difference_t<Base> few = 24;
    if (last - first < few) return detail::insertion_sort<IsGuarded>(first, last, less);
    detail::choose_pivot(first, last, less);
    if constexpr (IsGuarded) {
        if (!less(*(first - 1), *first)) // the pivot is as small as any
            return detail::quick_sort<true>(detail::partition_equal(first, last, less), last, less, bad);
    }
    const auto [pivot, was_already] = detail::partition_by_first(first, last, less);
    const std::iter_difference_t<Base> left = pivot - first;
    const auto right = static_cast<std::iter_difference_t<Base>>(last - pivot - 1); // of less than int it would be one
    if (std::min(left, right) < (last - first) / 8) {
        if (bad-- == 0) return detail::heap_sort(first, last, less);
        detail::break_pattern(first, pivot);
        detail::break_pattern(pivot + 1, last);
    } else if (was_already && detail::try_insertion_sort(first, pivot, less, 8) &&
               detail::try_insertion_sort(pivot + 1, last, less, 8)) {
        return;
    }
    detail::quick_sort<IsGuarded>(first, pivot, less, bad);
    detail::quick_sort<true>(pivot + 1, last, less, bad);
}

/// Sorts, not stably. Work: O(n log n) comparisons, O(n) if the range is sorted or holds O(1) different values.
template <class Base, class Less>
void quick_sort(Base first, Base last, const Less& less) {
    detail::quick_sort<false>(first, last, less,
                              static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(last - first))));
}

/// Brings to `nth` what would be there if the range were sorted; what is before it is not greater, what is behind not less.
/// Work: O(n) comparisons expected, O(n log n) at most.
template <class Base, class Less>
void quick_select(Base first, Base nth, Base last, const Less& less) {
    constexpr std::iter_difference_t<Base> few = 24;
    auto bad = std::bit_width(static_cast<std::uint64_t>(last - first));
    while (last - first > few) {
        detail::choose_pivot(first, last, less);
        const Base pivot = detail::partition_by_first(first, last, less).pivot;
        const auto size = last - first;
        if (nth < pivot) {
            last = pivot;
        } else {
            first = detail::partition_equal(pivot, last, less); // what is as small as the pivot is in its place
            if (nth < first) return;
        }
        if (last - first > size - size / 8) {
            if (bad-- == 0) return detail::heap_sort(first, last, less);
            detail::break_pattern(first, last);
        }
    }
    detail::insertion_sort(first, last, less);
}

} // namespace detail
PEL_NAMESPACE_END
