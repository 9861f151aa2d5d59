// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// remove, remove_if, unique: what is kept moves to the front of the range. Source: [alg.remove], [alg.unique].
#pragma once

#include <pel/algorithm/copy_if.hpp>
#include <pel/detail/algorithm/close_gaps.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

struct remove_if_function : by_predicate_in_place<remove_if_function> {
    template <class I>
    static constexpr bool can_rearrange = rearrangeable<I>;

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::remove_if: takes ([policy], range, predicate, [projection]) or "
                                           "([policy], first, last, predicate), of elements that can be moved");
        return {};
    }

    template <class Policy, class I, class S, class F, class P>
    static I run(const Policy& policy, I first, S last, F& predicate, P projection) {
        if constexpr (is_rearranged_here<Policy, I>) {
            const std::uint64_t size = size_of(first, last);
            const auto base = base_of(first);
            const element_judge judge{base, element_test<false, F, P, I>{predicate, projection}};
            return nth_of(first, detail::keep_selected(writing_policy<I>(policy), base, size, judge));
        } else {
            const I end = std::ranges::next(first, last);
            return std::remove_if(std::move(first), end, element_test<true, F, P, I>{predicate, projection});
        }
    }
};

struct remove_function {
    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class T>
        requires(rearrangeable<I> && equal_to_value<T, I>)
    I operator()(const Policy& policy, I first, S last, const T& value) const {
        return remove_if_function{}(policy, std::move(first), std::move(last), equals_value<T>{value});
    }
    template <execution_policy Policy, std::ranges::forward_range R, class T, class P = std::identity>
        requires(rearrangeable<iterator_of<R>> && equal_to_value<T, iterator_of<R>, P>)
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, const T& value,
                                                   P projection = {}) const {
        return remove_if_function{}(policy, std::forward<R>(range), equals_value<T>{value}, std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::remove: takes ([policy], range, value, [projection]) or ([policy], "
                                           "first, last, value), of elements that can be moved and compared with it");
        return {};
    }
};

struct unique_function {
    using default_compare = std::ranges::equal_to;

    template <execution_policy Policy, std::forward_iterator I, std::sentinel_for<I> S, class F = std::ranges::equal_to>
        requires(rearrangeable<I> && relation_of<F, I>)
    I operator()(const Policy& policy, I first, S last, F equal = {}) const {
        return run(policy, std::move(first), last, equal, std::identity());
    }
    /// Returns: what is not kept, as std::ranges::unique.
    template <execution_policy Policy, std::ranges::forward_range R, class F = std::ranges::equal_to,
              class P = std::identity>
        requires(rearrangeable<iterator_of<R>> && relation_of<F, iterator_of<R>, iterator_of<R>, P>)
    std::ranges::borrowed_subrange_t<R> operator()(const Policy& policy, R&& range, F equal = {},
                                                   P projection = {}) const {
        const auto end = std::ranges::next(std::ranges::begin(range), std::ranges::end(range));
        return {run(policy, std::ranges::begin(range), end, equal, projection), end};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::unique: takes ([policy], range, [equal], [projection]) or ([policy], "
                                           "first, last, [equal]), of elements that can be moved");
        return {};
    }

private:
    template <class Policy, class I, class S, class F, class P>
    static I run(const Policy& policy, I first, S last, F& equal, P projection) {
        const pair_test<F, I, I, P, P> are_equal{equal, projection, projection};
        if constexpr (is_rearranged_here<Policy, I>) {
            const std::uint64_t size = size_of(first, last);
            const auto base = base_of(first);
            const change_judge judge{base, are_equal};
            return nth_of(first, detail::keep_selected(writing_policy<I>(policy), base, size, judge));
        } else {
            const I end = std::ranges::next(first, last);
            return std::unique(std::move(first), end, are_equal);
        }
    }
};

} // namespace detail

/// Moves the elements for which predicate(element) does not hold to the front, in their order; those behind are valid,
/// of unspecified value. Returns: as std. Throws: std::bad_alloc: then nothing has moved; what predicate throws:
/// likewise, or some have if they are looked at in order, with pel::seq, in a list, or as bits; operation_cancelled:
/// then nothing has, or all. Blocks. Complexity: work n calls of predicate, three moves an element at most,
/// span O(n / 64). Memory: half a byte to one and a half for each element, and a place for each that is kept.
inline constexpr detail::function_object<detail::remove_if_function> remove_if{};

/// The same for elements that are equal to a value.
inline constexpr detail::function_object<detail::remove_function> remove{};

/// The same for elements that are equal to the one before them. Requires: equal is an equivalence.
inline constexpr detail::function_object<detail::unique_function> unique{};

PEL_NAMESPACE_END
