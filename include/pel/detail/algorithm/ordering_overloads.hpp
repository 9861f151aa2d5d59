// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What sort, stable_sort and make_heap are called with.
#pragma once

#include <pel/detail/algorithm/bits.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Compares elements that have been taken out of their places, as constants.
template <class Relation, class I, class P>
concept relation_of_held = std::predicate<Relation&, std::invoke_result_t<P&, const std::iter_value_t<I>&>,
                                          std::invoke_result_t<P&, const std::iter_value_t<I>&>>;

/// The overloads of what brings a range into an order, given Order::arrange(policy, first, size, less), and whether that
/// compares elements where they are and nowhere else.
template <class Order, bool InPlace = false>
struct ordering_overloads {
    using default_compare = std::ranges::less;

    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S,
              class C = std::ranges::less, class P = std::identity>
        requires(rearrangeable<I> && relation_of<C, I, I, P> && (InPlace || relation_of_held<C, I, P>))
    I operator()(const Policy& policy, I first, S last, C compare = {}, P projection = {}) const {
        const std::uint64_t size = size_of(first, last);
        const projected_less<C, P> less{compare, projection};
        detail::rearrange_apart(policy, first, size, [&](const auto& its_policy, auto base) {
            Order::arrange(its_policy, base, size, less);
        });
        return nth_of(first, size);
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class C = std::ranges::less,
              class P = std::identity>
        requires(rearrangeable<iterator_of<R>> && relation_of<C, iterator_of<R>, iterator_of<R>, P> &&
                 (InPlace || relation_of_held<C, iterator_of<R>, P>))
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, C compare = {}, P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(compare),
                       std::move(projection));
    }
};

} // namespace detail
PEL_NAMESPACE_END
