// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Zeroed pages from the kernel, for what is never given back: records and the chunks of frame pools. Pages that nobody
// touches cost nothing. And large pages for what is written once, and soon given back.
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

/// Has the whole large pages within [start, start + bytes) come in one piece each when they are touched, where the system
/// allows it: a fault for each page of 4 KiB takes as long as writing it. Best effort; small memory is left alone.
inline void prefer_large_pages(void* start, std::size_t bytes) noexcept {
    constexpr std::uintptr_t large = std::uintptr_t{2} << 20; // of x86-64, and of AArch64 with pages of 4 KiB
    if (bytes < 4 * large) return;
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::uintptr_t begin = (address + large - 1) & ~(large - 1);
    const std::uintptr_t end = (address + bytes) & ~(large - 1);
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

inline void unmap_pages(void* start, std::size_t bytes) noexcept { ::munmap(start, bytes); }

} // namespace detail
PEL_NAMESPACE_END
