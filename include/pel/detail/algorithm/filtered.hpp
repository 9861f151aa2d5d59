// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Filter views over elements that can be reached by their number: the algorithms run over these, with the predicate.
#pragma once

#include <pel/detail/algorithm/combining.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Range>
struct filter_parts {
    static constexpr bool are_shared = false;
};
template <class V, class Predicate>
struct filter_parts<std::ranges::filter_view<V, Predicate>> {
    using reference = std::ranges::range_reference_t<V>;
    /// (The base of others would have to be moved out of the view. An element that the base makes is made once, and the
    /// predicate sees it where it is.)
    static constexpr bool are_shared = std::ranges::random_access_range<V> && std::copy_constructible<V> &&
                                       std::predicate<const Predicate&, std::remove_reference_t<reference>&>;
};

/// Whether Range is such a view.
template <class Policy, class Range>
inline constexpr bool is_shared_filter =
    !std::is_same_v<Policy, sequenced_policy> && filter_parts<std::remove_cvref_t<Range>>::are_shared;

/// Calls f, if the element passes the filter.
template <class Predicate, class F, class Projection = std::identity>
struct filtered_call {
    const Predicate& predicate;
    F& f;
    Projection& projection;

    template <class Element>
    PEL_ALWAYS_INLINE void operator()(Element&& element) const {
        if (std::invoke(predicate, element)) std::invoke(f, std::invoke(projection, std::forward<Element>(element)));
    }
};

/// What those of [lo, hi) come to that pass, if any does.
template <class T, class Op, class Map, class Predicate, class Base>
class filtered_step {
public:
    filtered_step(Op& op, Map& map, const Predicate& predicate, const Base& first)
        : op_(op), map_(map), predicate_(predicate), first_(first) {}

    maybe<T> operator()(std::uint64_t lo, std::uint64_t hi) const {
        Base element = nth_of(first_, lo);
        for (; lo != hi; ++lo, (void)++element) {
            auto&& each = *element;
            if (std::invoke(predicate_, each))
                return continued(hi - lo - 1, ++element, static_cast<T>(std::invoke(map_, forwarded(each))));
        }
        return {};
    }
    maybe<T> operator()(std::uint64_t lo, std::uint64_t hi, maybe<T> before) const {
        return before ? continued(hi - lo, nth_of(first_, lo), std::move(*before)) : (*this)(lo, hi);
    }
    maybe<T> combined(maybe<T> left, maybe<T> right) const {
        if (!left) return right;
        if (right) left.emplace(std::invoke(op_, T(std::move(*left)), std::move(*right)));
        return left;
    }

private:
    using reference = std::iter_reference_t<Base>;

    static constexpr reference&& forwarded(std::remove_reference_t<reference>& element) noexcept {
        return static_cast<reference&&>(element);
    }
    maybe<T> continued(std::uint64_t n, Base element, T sum) const {
        const held_callable<Op, T, T> op(op_);
        const held_callable<Map, reference> map(map_);
        const held_callable<const Predicate, reference> passes(predicate_);
        for (; n != 0; --n, (void)++element) {
            auto&& each = *element;
            if (std::invoke(passes, each))
                sum = static_cast<T>(std::invoke(op, std::move(sum), std::invoke(map, forwarded(each))));
        }
        return maybe<T>(std::move(sum));
    }

    Op& op_;
    Map& map_;
    const Predicate& predicate_;
    const Base first_;
};

/// As combine_range(), of what passes. Requires: is_shared_filter.
template <class Policy, class T, class Op, class Map, class Filter>
T combine_filtered(const Policy& policy, const Filter& filter, T init, Op& op, Map& map) {
    auto all = filter.base(); // lives as long as its iterators are used
    const auto first = base_of(std::ranges::begin(all));
    const std::uint64_t size = size_of(std::ranges::begin(all), std::ranges::end(all));
    if (size == 0) return init;
    using predicate = std::remove_cvref_t<decltype(filter.pred())>;
    const filtered_step<T, Op, Map, predicate, std::remove_const_t<decltype(first)>> step(op, map, filter.pred(),
                                                                                          first);
    const auto combine = [&](maybe<T> left, maybe<T> right) {
        return step.combined(std::move(left), std::move(right));
    };
    maybe<T> sum = detail::combine_ordered<maybe<T>>(policy, size, step, combine);
    if (!sum) return init;
    return static_cast<T>(std::invoke(op, std::move(init), std::move(*sum)));
}

} // namespace detail
PEL_NAMESPACE_END
