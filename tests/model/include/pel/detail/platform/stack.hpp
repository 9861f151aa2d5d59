// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stacks of model-checking builds, found before the real header: a fiber's is known, and there is always room.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/operation.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

struct stack_bounds {
    std::uintptr_t end = 0;
    std::uintptr_t begin = 0;
};

inline stack_bounds this_stack() noexcept {
    const ::model::stack_range range = ::model::this_stack();
    return {reinterpret_cast<std::uintptr_t>(range.end), reinterpret_cast<std::uintptr_t>(range.begin)};
}
inline std::size_t stack_left(std::uintptr_t) noexcept { return std::size_t{1} << 30; }
inline std::uintptr_t place_on_stack(const void* object) noexcept { return reinterpret_cast<std::uintptr_t>(object); }

} // namespace detail
PEL_NAMESPACE_END
