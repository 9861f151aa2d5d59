// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the ordered algorithms ask of their arguments, and what stands in for a call that does not compile, so that one
// line says why.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Combine, class T>
concept combine_of = std::is_invocable_r_v<T, Combine&, T, T>;

/// Returned by the overloads that explain why no other fits: what the caller does with it causes no second error.
struct misused {
    template <class T>
    operator T() const noexcept; // NOLINT(*-explicit-*): never called
};

} // namespace detail
PEL_NAMESPACE_END
