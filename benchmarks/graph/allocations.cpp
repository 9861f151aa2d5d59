// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// malloc and what belongs to it, in place of the C library's: they count, and call those.
#include "allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include <malloc.h>

namespace {

std::atomic<bool> is_counting{false};
std::atomic<std::int64_t> calls_made{0}, bytes_held{0};

void* given(void* memory) noexcept {
    if (memory != nullptr && is_counting.load(std::memory_order_relaxed)) [[unlikely]] {
        calls_made.fetch_add(1, std::memory_order_relaxed);
        bytes_held.fetch_add(static_cast<std::int64_t>(::malloc_usable_size(memory)), std::memory_order_relaxed);
    }
    return memory;
}

void* taken_back(void* memory) noexcept {
    if (memory != nullptr && is_counting.load(std::memory_order_relaxed)) [[unlikely]]
        bytes_held.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(memory)), std::memory_order_relaxed);
    return memory;
}

} // namespace

extern "C" {

void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* memory, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* memory) noexcept;

void* malloc(std::size_t size) noexcept { return given(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) noexcept { return given(__libc_calloc(count, size)); }
void* realloc(void* memory, std::size_t size) noexcept { return given(__libc_realloc(taken_back(memory), size)); }
void* memalign(std::size_t alignment, std::size_t size) noexcept { return given(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** to, std::size_t alignment, std::size_t size) noexcept {
    *to = memalign(alignment, size);
    return *to != nullptr ? 0 : ENOMEM;
}
void free(void* memory) noexcept { __libc_free(taken_back(memory)); }

} // extern "C"

namespace workload {

allocation_watch::allocation_watch() noexcept {
    calls_made = 0;
    bytes_held = 0;
    is_counting = true;
}
allocation_watch::~allocation_watch() { is_counting = false; }
std::int64_t allocation_watch::calls() const noexcept { return calls_made; }
std::int64_t allocation_watch::bytes() const noexcept { return bytes_held; }

} // namespace workload
