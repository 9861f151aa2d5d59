// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Zeroed pages from the kernel, for what is never given back: records and the chunks of frame pools. Pages that nobody
// touches cost nothing.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <sys/mman.h>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: `bytes` of zeroed memory at a multiple of `alignment` (a power of two, ≥ the page size); null if there is none.
inline void* map_pages(std::size_t bytes, std::size_t alignment = 4096) noexcept {
    const std::size_t mapped = bytes + alignment - 4096;
    void* start = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    return reinterpret_cast<void*>((address + alignment - 1) & ~(static_cast<std::uintptr_t>(alignment) - 1));
}

inline void unmap_pages(void* start, std::size_t bytes) noexcept { ::munmap(start, bytes); }

} // namespace detail
PEL_NAMESPACE_END
