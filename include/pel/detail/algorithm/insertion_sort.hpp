// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Insertion sort: for the few elements that the other sorts leave, and for runs that are nearly sorted.
// Comparisons may throw anywhere in a sort: an element that has been taken out of the range is then put back (hole), so
// none is lost. Elements whose moves may throw are only swapped.
#pragma once

#include <pel/detail/algorithm/elements.hpp>

#include <iterator>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Base>
inline constexpr bool moves_safely = std::is_nothrow_move_constructible_v<std::iter_value_t<Base>> &&
                                     std::is_nothrow_move_assignable_v<std::iter_value_t<Base>>;

/// A value taken out of its place. It returns to where the hole is then. Requires: moves do not throw.
template <class Base>
class hole {
public:
    explicit hole(Base place) noexcept : place_(place), value_(std::ranges::iter_move(place)) {}
    hole(const hole&) = delete;
    hole& operator=(const hole&) = delete;
    ~hole() { *place_ = std::move(value_); }

    std::iter_value_t<Base>& value() noexcept { return value_; }
    Base place() const noexcept { return place_; }
    /// Moves the element there into the hole, which then is there.
    void move_to(Base from) noexcept {
        *place_ = std::ranges::iter_move(from);
        place_ = from;
    }

private:
    Base place_;
    std::iter_value_t<Base> value_;
};

/// Takes the element at `place` down to where it belongs among the sorted ones below it. Returns: how far it went.
/// IsGuarded: the element before `first` exists, and is not greater.
template <bool IsGuarded, class Base, class Less>
PEL_ALWAYS_INLINE std::iter_difference_t<Base> insert(Base first, Base place, const Less& less) {
    Base below = place;
    if (!less(*place, *--below)) return 0;
    if constexpr (moves_safely<Base>) {
        hole<Base> gap(place);
        do gap.move_to(below);
        while ((IsGuarded || below != first) && less(gap.value(), *--below));
        return place - gap.place();
    } else {
        Base here = place;
        do {
            std::ranges::iter_swap(here, below);
            here = below;
        } while ((IsGuarded || here != first) && less(*here, *--below));
        return place - here;
    }
}

/// Sorts, stably, in O(n²) comparisons.
template <bool IsGuarded = false, class Base, class Less>
void insertion_sort(Base first, Base last, const Less& less) {
    if (first == last) return;
    for (Base each = first; ++each != last;) detail::insert<IsGuarded>(first, each, less);
}

/// The same, but gives up once elements have gone more than `most` places. Returns: whether the range is sorted.
template <class Base, class Less>
bool try_insertion_sort(Base first, Base last, const Less& less, std::iter_difference_t<Base> most) {
    if (first == last) return true;
    std::iter_difference_t<Base> moved = 0;
    for (Base each = first; ++each != last;) {
        moved += detail::insert<false>(first, each, less);
        if (moved > most) return false;
    }
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
