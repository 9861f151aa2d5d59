// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts what a program allocates. Included by one file of a program, as it replaces operator new; the run-time libraries
// of sanitizers have that themselves, so nothing is counted there.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace pel_test {

inline std::atomic<std::uint64_t> allocations{0}, bytes_allocated{0};

} // namespace pel_test

#ifndef PEL_TEST_SANITIZED
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++pel_test::allocations;
    pel_test::bytes_allocated += bytes;
    if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
    ++pel_test::allocations;
    pel_test::bytes_allocated += bytes;
    const auto align = static_cast<std::size_t>(alignment);
    if (void* const memory = std::aligned_alloc(align, (bytes + align - 1) / align * align)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return ::operator new(bytes); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif
