// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pages of model-checking builds, found before the real header: memory that lives as long as the execution.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/operation.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

inline void* map_pages(std::size_t bytes, std::size_t alignment = 4096) noexcept {
    return ::model::allocate_zeroed(bytes, alignment);
}
inline void unmap_pages(void*, std::size_t) noexcept {}

} // namespace detail
PEL_NAMESPACE_END
