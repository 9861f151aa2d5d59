// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merge sort on one thread: stable. Short runs are sorted by insertion, and merged with the help of scratch memory.
// A comparison may throw in the middle of a merge: what lies in the scratch memory then moves back into the gap that it
// has left, which is just as long (returning_run).
#pragma once

#include <pel/detail/algorithm/insertion_sort.hpp>
#include <pel/detail/algorithm/merge_in_place.hpp>
#include <pel/detail/algorithm/scratch.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A run that has been moved to scratch memory, and returns to the range, the rest of it at the end of life.
/// Requires: moves do not throw.
template <class Base>
class returning_run {
    using value = std::iter_value_t<Base>;

public:
    returning_run(Base first, Base last, value* scratch) noexcept
        : to_(first), next_(scratch), end_(scratch + (last - first)), begin_(scratch) {
        for (value* each = scratch; first != last; ++first, (void)++each)
            std::construct_at(each, std::ranges::iter_move(first));
    }
    returning_run(const returning_run&) = delete;
    returning_run& operator=(const returning_run&) = delete;
    ~returning_run() {
        for (; next_ != end_; ++next_, (void)++to_) *to_ = std::move(*next_);
        std::destroy(begin_, end_);
    }

    bool is_empty() const noexcept { return next_ == end_; }
    value& next() noexcept { return *next_; }
    /// Brings back the next element, or has the gap filled from `other`, which it goes past.
    PEL_ALWAYS_INLINE void advance(Base& other, bool takes_other) noexcept {
        if constexpr (std::is_pointer_v<Base>) { // without a branch
            value* const source = takes_other ? other : next_;
            *to_ = std::move(*source);
            other += takes_other;
            next_ += !takes_other;
        } else if (takes_other) {
            *to_ = std::ranges::iter_move(other);
            ++other;
        } else {
            *to_ = std::move(*next_);
            ++next_;
        }
        ++to_;
    }

private:
    Base to_;     // the gap begins here
    value* next_; // of what is still to return
    value* const end_;
    value* const begin_;
};

/// Merges two sorted runs, stably. Requires: scratch has room for the first.
template <class Base, class Less>
void merge_runs(Base first, Base middle, Base last, std::iter_value_t<Base>* scratch, const Less& less) {
    if (!less(*middle, *(middle - 1))) return;
    while (!less(*middle, *first)) ++first; // ends: the last of the run is greater
    returning_run<Base> left(first, middle, scratch);
    while (!left.is_empty() && middle != last) left.advance(middle, less(*middle, left.next()));
}

/// Sorts, stably. Requires: scratch has room for half of the range, rounded up.
template <class Base, class Less>
void merge_sort(Base first, Base last, std::iter_value_t<Base>* scratch, const Less& less) {
    constexpr std::iter_difference_t<Base> few = 16;
    if (last - first <= few) return detail::insertion_sort(first, last, less);
    const Base middle = first + (last - first + 1) / 2;
    detail::merge_sort(first, middle, scratch, less);
    detail::merge_sort(middle, last, scratch, less);
    detail::merge_runs(first, middle, last, scratch, less);
}

/// Compares the elements of a right run with those of a left one.
template <class Less>
struct runs_order {
    const Less& less;

    template <class Base>
    bool is_second_less(const Base& left, const Base& right) const {
        return less(*right, *left);
    }
};

/// Sorts, stably, without memory. Work: O(n log² n).
template <class Base, class Less>
void merge_sort_in_place(Base first, Base last, const Less& less) {
    constexpr std::iter_difference_t<Base> few = 16;
    if (last - first <= few) return detail::insertion_sort(first, last, less);
    const Base middle = first + (last - first) / 2;
    detail::merge_sort_in_place(first, middle, less);
    detail::merge_sort_in_place(middle, last, less);
    const auto left = static_cast<std::uint64_t>(middle - first);
    detail::merge_by_rotations(neighbours<Base>{first, middle, last, left, static_cast<std::uint64_t>(last - middle)},
                               runs_order<Less>{less});
}

} // namespace detail
PEL_NAMESPACE_END
