// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// uninitialized_relocate, uninitialized_relocate_n: objects move into memory that holds none, and are gone where they were.
// Source: P1144, "std::is_trivially_relocatable".
#pragma once

#include <pel/algorithm/uninitialized.hpp>
#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/constructions.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class I, class O>
concept relocates =
    memory_of<I> && std::destructible<std::iter_value_t<I>> && memory_for<O, std::iter_rvalue_reference_t<I>>;

struct uninitialized_relocate_function {
    template <execution_policy Policy, class I, std::sentinel_for<I> S, class O>
        requires relocates<I, O>
    O operator()(const Policy& policy, I first, S last, O out) const {
        const I end = std::ranges::next(first, last);
        if constexpr (is_shared<Policy, I, O>) return shared(policy, base_of(first), size_of(first, end), out);
        O out_end = std::uninitialized_move(first, end, std::move(out));
        std::destroy(first, end);
        return out_end;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::uninitialized_relocate: takes ([policy], first, last, out), forward "
                                           "iterators to objects; elements of out must be constructible from theirs");
        return {};
    }

private:
    template <class Policy, class Base, class O>
    static O shared(const Policy& policy, const Base& from, std::uint64_t size, const O& out) {
        const auto to = base_of(out);
        const auto move = [&](std::uint64_t lo, std::uint64_t hi) {
            std::uninitialized_move(nth_of(from, lo), nth_of(from, hi), nth_of(to, lo));
        };
        const auto destroy = [&](std::uint64_t lo, std::uint64_t hi) {
            std::destroy(nth_of(from, lo), nth_of(from, hi));
        };
        using taken = std::iter_rvalue_reference_t<Base>;
        if constexpr (std::is_nothrow_constructible_v<std::iter_value_t<O>, taken>) {
            constexpr std::uint64_t bytes = std::contiguous_iterator<Base> ? constructed_bytes<O, taken> : 0;
            constexpr std::uint64_t least = bytes != 0 ? few_bytes / bytes : 1;
            const auto relocate = [&](std::uint64_t lo, std::uint64_t hi) {
                move(lo, hi);
                destroy(lo, hi);
            };
            if (are_few<bytes>(policy, size))
                relocate(0, size);
            else
                run_all_chunks(policy, size, relocate, least);
        } else {
            detail::construct_elements<0>(policy, to, size, move);
            if constexpr (!std::is_trivially_destructible_v<std::iter_value_t<Base>>) {
                complete_phases phases; // all are in `out`: who says stop from now on is too late
                phases.run_blocks(policy, size, destroy);
            }
        }
        return nth_of(out, size);
    }
};

struct uninitialized_relocate_n_function {
    template <execution_policy Policy, class I, std::integral Size, class O>
        requires relocates<I, O>
    std::pair<I, O> operator()(const Policy& policy, I first, Size n, O out) const {
        const I end = std::ranges::next(first, static_cast<std::iter_difference_t<I>>(count_of(n)));
        return {end, uninitialized_relocate_function{}(policy, first, end, std::move(out))};
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::uninitialized_relocate_n: takes ([policy], first, n, out), forward "
                                           "iterators to objects; elements of out must be constructible from theirs");
        return {};
    }
};

} // namespace detail

/// Moves the objects to `out`, memory that holds none, and destroys them. Requires: the ranges do not overlap; destructors do
/// not throw. Returns: the end of what was constructed. Throws: what a move throws: then `out` holds no objects, and those of
/// the range are there, moved from or not; operation_cancelled: the same, or, where moves do not throw, when all have been
/// relocated. Blocks, thread safety: as parallel_for. Complexity: work n, span and memory as destroy.
inline constexpr detail::function_object<detail::uninitialized_relocate_function> uninitialized_relocate{};

/// The same for n objects, none if n is negative. Returns: a pair of both ends.
inline constexpr detail::function_object<detail::uninitialized_relocate_n_function> uninitialized_relocate_n{};

PEL_NAMESPACE_END
