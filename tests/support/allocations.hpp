// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts what a program allocates, and refuses it. Included by one file of a program, as it replaces operator new; the
// run-time libraries of sanitizers have that themselves, so nothing is counted or refused there.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#include <malloc.h>

namespace pel_test {

inline std::atomic<std::uint64_t> allocations{0}, bytes_allocated{0};
/// What has not been freed, and the most that it has ever been.
inline std::atomic<std::uint64_t> bytes_live{0}, most_bytes_live{0};
/// After so many more, allocations are refused.
inline std::atomic<std::int64_t> allocations_left{std::numeric_limits<std::int64_t>::max()};

inline void* counted(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    const std::uint64_t live = bytes_live += ::malloc_usable_size(memory);
    std::uint64_t most = most_bytes_live;
    while (most < live && !most_bytes_live.compare_exchange_weak(most, live)) {
    }
    return memory;
}
inline void count_request(std::size_t bytes) {
    ++allocations;
    bytes_allocated += bytes;
    if (--allocations_left < 0) throw std::bad_alloc();
}
inline void give_back(void* memory) noexcept {
    bytes_live -= ::malloc_usable_size(memory);
    std::free(memory);
}

} // namespace pel_test

#ifndef PEL_TEST_SANITIZED
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    pel_test::count_request(bytes);
    return pel_test::counted(std::malloc(bytes == 0 ? 1 : bytes));
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
    pel_test::count_request(bytes);
    const auto align = static_cast<std::size_t>(alignment);
    return pel_test::counted(std::aligned_alloc(align, (bytes + align - 1) / align * align));
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return ::operator new(bytes); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { pel_test::give_back(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { pel_test::give_back(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { pel_test::give_back(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    pel_test::give_back(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept { pel_test::give_back(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { pel_test::give_back(memory); }
#endif
