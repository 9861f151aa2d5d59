// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stacks of model-checking builds, found before the real header: there is always room.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

inline std::uintptr_t stack_limit() noexcept { return 0; }
inline std::size_t stack_left(std::uintptr_t) noexcept { return std::size_t{1} << 30; }

} // namespace detail
PEL_NAMESPACE_END
