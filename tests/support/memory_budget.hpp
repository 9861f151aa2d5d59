// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For sanitized builds, which cannot live with little address space: what this program itself maps, allocates or starts
// threads with comes from a budget. CMakeLists.txt has the linker send such calls here (--wrap). Include it in one file.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <new>

#include <pthread.h>
#include <sys/mman.h>

namespace pel_test {

inline constexpr std::size_t no_budget = std::numeric_limits<std::size_t>::max();

/// Bytes left. What is freed does not come back.
inline std::atomic<std::size_t> budget{no_budget};

/// False: there are not so many left.
inline bool spend(std::size_t bytes) noexcept {
    std::size_t left = budget.load();
    while (left != no_budget && left >= bytes && !budget.compare_exchange_weak(left, left - bytes)) {
    }
    return left == no_budget || left >= bytes;
}

} // namespace pel_test

extern "C" {
void* __real_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset);
void* __real__Znwm(std::size_t bytes);
void* __real__ZnwmSt11align_val_t(std::size_t bytes, std::align_val_t alignment);
int __real_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*entry)(void*), void* argument);

void* __wrap_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset) {
    if (pel_test::spend(bytes)) return __real_mmap(address, bytes, protection, flags, file, offset);
    errno = ENOMEM;
    return MAP_FAILED;
}
void* __wrap__Znwm(std::size_t bytes) {
    if (!pel_test::spend(bytes)) throw std::bad_alloc();
    return __real__Znwm(bytes);
}
void* __wrap__ZnwmSt11align_val_t(std::size_t bytes, std::align_val_t alignment) {
    if (!pel_test::spend(bytes)) throw std::bad_alloc();
    return __real__ZnwmSt11align_val_t(bytes, alignment);
}
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*entry)(void*), void* argument) {
    std::size_t stack = 8 << 20;
    if (attributes != nullptr) ::pthread_attr_getstacksize(attributes, &stack);
    if (!pel_test::spend(stack)) return EAGAIN;
    return __real_pthread_create(thread, attributes, entry, argument);
}
}
