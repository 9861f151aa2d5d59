// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How much of the calling thread's stack is left: a wait runs other work on top of its own stack only if there is room.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pthread.h>

#include <cstdint>

#if PEL_ASAN
#include <sanitizer/asan_interface.h>
#endif

PEL_NAMESPACE_BEGIN
namespace detail {

/// Where a stack is; zeros if that cannot be told.
struct stack_bounds {
    std::uintptr_t end = 0;   // lowest usable address
    std::uintptr_t begin = 0; // one past the highest
};

/// Returns: the calling thread's. Cost: µs; reads files on the main thread.
inline stack_bounds this_stack() noexcept {
    pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return {};
    void* lowest = nullptr;
    std::size_t size = 0;
    std::size_t guard = 0;
    ::pthread_attr_getstack(&attributes, &lowest, &size);
    ::pthread_attr_getguardsize(&attributes, &guard);
    ::pthread_attr_destroy(&attributes);
    const auto end = reinterpret_cast<std::uintptr_t>(lowest);
    return {end + guard, end + size};
}

/// Returns: the bytes between the caller's frame and `limit`.
PEL_ALWAYS_INLINE std::size_t stack_left(std::uintptr_t limit) noexcept {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    return here > limit ? here - limit : 0;
}

/// Returns: where `object` lies, or, if it is one of the calling thread's local variables, a place in its frame.
#if PEL_ASAN
inline std::uintptr_t place_on_stack(const void* object) noexcept { // AddressSanitizer may keep locals on the heap
    void* const copies = __asan_get_current_fake_stack();
    void* const address = const_cast<void*>(object);
    void* const frame = copies == nullptr ? nullptr : __asan_addr_is_in_fake_stack(copies, address, nullptr, nullptr);
    return reinterpret_cast<std::uintptr_t>(frame != nullptr ? frame : address);
}
#else
inline std::uintptr_t place_on_stack(const void* object) noexcept { return reinterpret_cast<std::uintptr_t>(object); }
#endif

} // namespace detail
PEL_NAMESPACE_END
