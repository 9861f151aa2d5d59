// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// shift_left, shift_right. Source: [alg.shift]. How it is shared: detail/algorithm/shifts.hpp.
#pragma once

#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/shifts.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class I>
concept shifted = std::forward_iterator<I> && output_of<I, std::iter_rvalue_reference_t<I>>;

struct shift_left_function {
    template <execution_policy Policy, shifted I, std::sentinel_for<I> S>
    I operator()(const Policy& policy, I first, S last, std::iter_difference_t<I> n) const {
        const I end = std::ranges::next(first, last);
        if constexpr (is_rearranged_here<Policy, I>) {
            const std::uint64_t size = size_of(first, end), distance = count_of(n);
            if (distance == 0) return end;
            if (distance >= size) return first;
            complete_phases phases;
            shift<base_t<I>, true>(base_of(first), size - distance, distance).run(phases, writing_policy<I>(policy));
            phases.rethrow();
            return nth_of(first, size - distance);
        } else {
            return std::shift_left(first, end, n);
        }
    }
    template <execution_policy Policy, std::ranges::forward_range R>
        requires shifted<iterator_of<R>>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range,
                                                   std::ranges::range_difference_t<R> n) const {
        auto first = std::ranges::begin(range);
        return {first, (*this)(policy, first, std::ranges::end(range), n)};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::shift_left: takes ([policy], range, n) or ([policy], first, last, n), "
                                           "of elements that can be assigned when moved");
        return {};
    }
};

struct shift_right_function {
    template <execution_policy Policy, shifted I, std::sentinel_for<I> S>
    I operator()(const Policy& policy, I first, S last, std::iter_difference_t<I> n) const {
        const I end = std::ranges::next(first, last);
        if constexpr (is_rearranged_here<Policy, I>) {
            const std::uint64_t size = size_of(first, end), distance = count_of(n);
            if (distance == 0) return first;
            if (distance >= size) return end;
            complete_phases phases;
            shift<base_t<I>, false>(base_of(first), size - distance, distance).run(phases, writing_policy<I>(policy));
            phases.rethrow();
            return nth_of(first, distance);
        } else {
            return std::shift_right(first, end, n);
        }
    }
    template <execution_policy Policy, std::ranges::forward_range R>
        requires shifted<iterator_of<R>>
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range,
                                                   std::ranges::range_difference_t<R> n) const {
        auto first = std::ranges::begin(range);
        auto end = std::ranges::next(first, std::ranges::end(range));
        return {(*this)(policy, std::move(first), end, n), end};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::shift_right: takes ([policy], range, n) or ([policy], first, last, "
                                           "n), of elements that can be assigned when moved");
        return {};
    }
};

} // namespace detail

/// Moves each element n places towards the front, or nothing if there are no more than n. Requires: 0 <= n. Returns:
/// the end of what was moved, for a range: all of that; what remains behind it is valid, and moved from where that is a
/// difference. Throws, blocks, thread safety: as parallel_for. After an exception of a move, each element is where it
/// was, where it belongs, or moved from; if moves do not throw, the call is complete also when it is cancelled.
/// Complexity: work n moves. Near shifts are shared if elements can be constructed and assigned by moves that do not
/// throw: the caller sets at most 1/16 of them aside, which is the memory that it takes, and the rest are 256 pieces at
/// most. Far ones are without memory: of a range that has k times the distance span O(k log n). Others run in order.
inline constexpr detail::function_object<detail::shift_left_function> shift_left{};

/// The same towards the back. Returns: the first of what was moved, for a range: from there to the end. For forward and
/// bidirectional iterators as std::shift_right, which may swap.
inline constexpr detail::function_object<detail::shift_right_function> shift_right{};

PEL_NAMESPACE_END
