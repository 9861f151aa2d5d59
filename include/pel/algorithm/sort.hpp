// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sort, stable_sort. Source: [sort], [stable.sort].
#pragma once

#include <pel/detail/algorithm/bits.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/merge_sort.hpp>
#include <pel/detail/algorithm/ordering_overloads.hpp>
#include <pel/detail/algorithm/quick_sort.hpp>
#include <pel/detail/algorithm/radix_key.hpp>
#include <pel/detail/algorithm/radix_sort.hpp>
#include <pel/detail/algorithm/sample_sort.hpp>

#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether the range is sorted, after it has been turned round if it was sorted the other way, without equal elements.
template <class Base, class Less>
bool is_or_was_monotone(Base first, Base last, const Less& less) {
    if (last - first < 2) return true;
    Base each = first + 1;
    if (less(*each, *first)) {
        while (++each != last && less(*each, *(each - 1))) {
        }
        if (each != last) return false;
        std::ranges::reverse(first, last);
        return true;
    }
    while (++each != last && !less(*each, *(each - 1))) {
    }
    return each == last;
}

/// Numbers, compared as numbers: sorted by their digits, which nobody can tell.
template <class Compare, class T>
inline constexpr bool is_ascending = std::is_same_v<Compare, std::ranges::less> ||
                                     std::is_same_v<Compare, std::less<>> || std::is_same_v<Compare, std::less<T>>;
template <class Compare, class T>
inline constexpr bool is_descending =
    std::is_same_v<Compare, std::ranges::greater> || std::is_same_v<Compare, std::greater<>> ||
    std::is_same_v<Compare, std::greater<T>>;
template <class Compare, class Projection, class Base, class T = std::iter_value_t<Base>>
inline constexpr bool has_number_order =
    short_radix_number<T> && std::is_same_v<Projection, std::identity> && is_radix_sortable<Base> &&
    (is_ascending<Compare, T> || is_descending<Compare, T>);

template <class Compare, class T>
struct number_order {
    PEL_ALWAYS_INLINE auto operator()(T number) const noexcept {
        const auto key = detail::radix_key(number);
        return is_ascending<Compare, T> ? key : static_cast<decltype(detail::radix_key(number))>(~key);
    }
};

/// Sorts, stably, if they are enough numbers in their order. Returns: whether they are.
template <class Policy, class Base, class C, class P>
bool are_sorted_by_digits(const Policy& policy, Base first, std::uint64_t size, const projected_less<C, P>& less) {
    constexpr std::uint64_t least = 128;
    if constexpr (has_number_order<C, P, Base>) {
        if (size >= least) {
            detail::sort_by_digits(policy, first, size, number_order<C, std::iter_value_t<Base>>{}, less);
            return true;
        }
    }
    return false;
}

struct sort_function : ordering_overloads<sort_function> {
    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::sort: takes ([policy], range, [compare], [projection]) or ([policy], "
                      "first, last, [compare], [projection]), random access, of elements that can be moved");
        return {};
    }

    template <class Policy, class Base, class C, class P>
    static void arrange(const Policy& policy, Base first, std::uint64_t size, const projected_less<C, P>& less) {
        const Base last = nth_of(first, size);
        if (detail::is_or_was_monotone(first, last, less) || detail::are_sorted_by_digits(policy, first, size, less))
            return;
        if (size < least_sample_sort) return detail::quick_sort(first, last, less);
        if constexpr (is_shared<Policy, Base> && moves_safely<Base>) {
            const scratch_memory<std::iter_value_t<Base>> scratch(size);
            if (scratch.data() != nullptr) {
                const auto sort_bucket = [&](Base begin, Base end, std::iter_value_t<Base>*) {
                    detail::quick_sort(begin, end, less);
                };
                return detail::sample_sort<false>(policy, first, size, scratch.data(), less, sort_bucket);
            }
        }
        detail::quick_sort(first, last, less);
    }
};

struct stable_sort_function : ordering_overloads<stable_sort_function> {
    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::stable_sort: takes ([policy], range, [compare], [projection]) or "
                      "([policy], first, last, [compare], [projection]), random access, of elements "
                      "that can be moved");
        return {};
    }

    template <class Policy, class Base, class C, class P>
    static void arrange(const Policy& policy, Base first, std::uint64_t size, const projected_less<C, P>& less) {
        const Base last = nth_of(first, size);
        if (detail::is_or_was_monotone(first, last, less) || detail::are_sorted_by_digits(policy, first, size, less))
            return;
        if (size <= 32) return detail::insertion_sort(first, last, less);
        if constexpr (moves_safely<Base>) {
            const bool is_large = is_shared<Policy, Base> && size >= least_sample_sort;
            const scratch_memory<std::iter_value_t<Base>> scratch(is_large ? size : (size + 1) / 2);
            if (scratch.data() != nullptr) {
                if (!is_large) return detail::merge_sort(first, last, scratch.data(), less);
                const auto sort_bucket = [&](Base begin, Base end, std::iter_value_t<Base>* room) {
                    detail::merge_sort(begin, end, room, less);
                };
                return detail::sample_sort<true>(policy, first, size, scratch.data(), less, sort_bucket);
            }
        }
        detail::merge_sort_in_place(first, last, less);
    }
};

} // namespace detail

/// Sorts; equal elements in any order, the same for any number of threads (another with pel::seq, or without the memory).
/// Returns: the end. Throws: what compare and projection throw, operation_cancelled: the range then holds all its
/// elements, in some order; what a move throws: all but that one, at most. Blocks. Complexity: O(n log n) comparisons;
/// O(n) if the range is sorted or reversed; span O(n / 64), that of 2^15 elements, and of what is sorted or reversed at the
/// begin, which the calling thread finds alone. Memory: n elements, where they can be had and moves do not throw; else it
/// sorts on one thread, in place.
inline constexpr detail::function_object<detail::sort_function> sort{};

/// Sorts; equal elements keep their order. Everything else is as for sort; in place it takes O(n log² n) comparisons.
inline constexpr detail::function_object<detail::stable_sort_function> stable_sort{};

PEL_NAMESPACE_END
