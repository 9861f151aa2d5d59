// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// destroy, destroy_n. Source: [specialized.destroy].
#pragma once

#include <pel/detail/algorithm/constructions.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

struct destroy_function {
    template <execution_policy Policy, memory_of O, std::sentinel_for<O> S>
        requires std::destructible<std::iter_value_t<O>>
    O operator()(const Policy& policy, O first, S last) const {
        const O end = std::ranges::next(first, last);
        if constexpr (is_shared<Policy, O> && !std::is_trivially_destructible_v<std::iter_value_t<O>>)
            detail::destroy_elements(policy, base_of(first), size_of(first, end));
        else
            std::destroy(std::move(first), end);
        return end;
    }
    template <execution_policy Policy, std::ranges::forward_range R>
        requires(memory_of<iterator_of<R>> && std::destructible<std::iter_value_t<iterator_of<R>>>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::destroy: takes ([policy], range) or ([policy], first, last), forward "
                                           "iterators to objects");
        return {};
    }
};

struct destroy_n_function {
    template <execution_policy Policy, memory_of O, std::integral Size>
        requires std::destructible<std::iter_value_t<O>>
    O operator()(const Policy& policy, O first, Size n) const {
        if constexpr (is_shared<Policy, O>)
            return destroy_function{}(policy, first, nth_of(first, count_of(n)));
        else
            return std::destroy_n(std::move(first), count_of(n));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::destroy_n: takes ([policy], first, n), a forward iterator to objects");
        return {};
    }
};

} // namespace detail

/// Destroys the elements, in any order, and nothing where that does nothing. Requires: destructors do not throw.
/// Returns: the end. Throws: as parallel_for, where it is cancelled for instance; all elements are destroyed all the
/// same. Blocks, thread safety: as parallel_for. Complexity: work n, span O(√n), and n / 1000 of
/// more than 10^6. Memory: 1 KiB of the stack.
inline constexpr detail::function_object<detail::destroy_function> destroy{};

/// The same for n elements, none if n is negative.
inline constexpr detail::function_object<detail::destroy_n_function> destroy_n{};

PEL_NAMESPACE_END
