// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What loops and the ordered algorithms have in common about their arguments, and what stands in for a call that does not
// compile, so that one line says why.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstdint>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Index>
constexpr Index item_at(Index first, std::uint64_t offset) noexcept {
    return static_cast<Index>(static_cast<std::uint64_t>(first) + offset); // wraps back for negative numbers
}

template <class Combine, class T>
concept combine_of = std::is_invocable_r_v<T, Combine&, T, T>;

/// Returned by the overloads that explain why no other fits: what the caller does with it causes no second error.
struct misused {
    template <class T>
    operator T() const noexcept; // NOLINT(*-explicit-*): never called
};

} // namespace detail
PEL_NAMESPACE_END
