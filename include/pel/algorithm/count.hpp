// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// count, count_if. Source: [alg.count].
#pragma once

#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/filtered.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// 1 for an element that counts, else 0.
template <class Predicate, class Projection, class I>
struct counted {
    held_callable<Predicate, projected_t<I, Projection>> predicate;
    held_callable<Projection, std::iter_reference_t<I>> projection;

    template <class Element>
    PEL_ALWAYS_INLINE std::uint64_t operator()(Element&& element) const {
        return std::invoke(predicate, std::invoke(projection, std::forward<Element>(element))) ? 1 : 0;
    }
};
template <class Predicate, class Projection, class I>
inline constexpr bool is_operator<counted<Predicate, Projection, I>> =
    is_operator<Predicate> && is_operator<Projection>;

struct count_if_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class Predicate,
              class Projection = std::identity>
        requires predicate_of<Predicate, I, Projection>
    std::iter_difference_t<I> operator()(const Policy& policy, I first, S last, Predicate predicate,
                                         Projection projection = {}) const {
        const counted<Predicate, Projection, I> counts{predicate, projection};
        std::plus<> op;
        return static_cast<std::iter_difference_t<I>>(
            detail::combine_range(policy, std::move(first), last, std::uint64_t{0}, op, counts));
    }
    template <execution_policy Policy, std::ranges::input_range R, class Predicate, class Projection = std::identity>
        requires predicate_of<Predicate, iterator_of<R>, Projection>
    std::ranges::range_difference_t<R> operator()(const Policy& policy, R&& range, Predicate predicate,
                                                  Projection projection = {}) const {
        const counted<Predicate, Projection, iterator_of<R>> counts{predicate, projection};
        std::plus<> op;
        if constexpr (is_shared_filter<Policy, R>)
            return static_cast<std::ranges::range_difference_t<R>>(
                detail::combine_filtered(policy, range, std::uint64_t{0}, op, counts));
        else
            return static_cast<std::ranges::range_difference_t<R>>(detail::combine_range(
                policy, std::ranges::begin(range), std::ranges::end(range), std::uint64_t{0}, op, counts));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::count_if: takes ([policy], range, predicate, [projection]) or ([policy], first, last, "
                      "predicate, [projection])");
        return {};
    }
};

struct count_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class T,
              class Projection = std::identity>
        requires equal_to_value<T, I, Projection>
    std::iter_difference_t<I> operator()(const Policy& policy, I first, S last, const T& value,
                                         Projection projection = {}) const {
        return count_if_function{}(policy, std::move(first), last, equals_value<T>{value}, std::move(projection));
    }
    template <execution_policy Policy, std::ranges::input_range R, class T, class Projection = std::identity>
        requires equal_to_value<T, iterator_of<R>, Projection>
    std::ranges::range_difference_t<R> operator()(const Policy& policy, R&& range, const T& value,
                                                  Projection projection = {}) const {
        return count_if_function{}(policy, range, equals_value<T>{value}, std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::count: takes ([policy], range, value, [projection]) or ([policy], first, last, value, "
                      "[projection]); element == value must compile");
        return {};
    }
};

} // namespace detail

/// Returns: for how many elements predicate(projection(element)) holds. Calls it once for each, from several threads.
/// Filter views over elements that can be reached by their number are counted in parallel too. Throws, blocks, thread
/// safety: as parallel_for. Complexity: work n calls, span O(log n) and the longest. Allocates nothing of size n.
inline constexpr detail::function_object<detail::count_if_function> count_if{};

/// Returns: how many elements are equal to value.
inline constexpr detail::function_object<detail::count_function> count{};

PEL_NAMESPACE_END
