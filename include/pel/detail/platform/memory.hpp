// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Zeroed pages from the kernel, for what is never given back: records and the chunks of frame pools. Pages that nobody
// touches cost nothing. And large pages for what is written once, and soon given back.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <sys/mman.h>
#include <unistd.h>

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

/// Returns: the bytes of a cache of the third level, 0 if there is none or nobody knows.
inline std::uint64_t cache_bytes() noexcept {
    const long bytes = ::sysconf(_SC_LEVEL3_CACHE_SIZE);
    return bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

/// Whether the page at an address is in memory. False if it has not been touched yet, or nobody knows.
inline bool is_page_resident(const void* address) noexcept {
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    unsigned char state = 0;
    void* const begin = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) & ~(page - 1));
    return ::mincore(begin, 1, &state) == 0 && state % 2 != 0;
}

inline void unmap_pages(void* start, std::size_t bytes) noexcept { ::munmap(start, bytes); }

} // namespace detail
PEL_NAMESPACE_END
