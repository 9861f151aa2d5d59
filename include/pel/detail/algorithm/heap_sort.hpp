// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Heap sort, where quick sort meets an input made against it: O(n log n) always. Elements are only swapped, so a
// comparison that throws leaves all of them in the range.
#pragma once

#include <pel/detail/algorithm/elements.hpp>

#include <iterator>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Base, class Less>
void sift_down(Base first, std::uint64_t parent, std::uint64_t size, const Less& less) {
    for (std::uint64_t child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
        if (child + 1 < size && less(*nth_of(first, child), *nth_of(first, child + 1))) ++child;
        if (!less(*nth_of(first, parent), *nth_of(first, child))) return;
        std::ranges::iter_swap(nth_of(first, parent), nth_of(first, child));
        parent = child;
    }
}

template <class Base, class Less>
PEL_COLD void heap_sort(Base first, Base last, const Less& less) {
    const auto size = static_cast<std::uint64_t>(last - first);
    for (std::uint64_t parent = size / 2; parent-- > 0;) detail::sift_down(first, parent, size, less);
    for (std::uint64_t end = size; end-- > 1;) {
        std::ranges::iter_swap(first, nth_of(first, end));
        detail::sift_down(first, 0, end, less);
    }
}

} // namespace detail
PEL_NAMESPACE_END
