// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How one coroutine goes on where another ends, or suspends, without growth of the stack. clang makes a tail call of it at
// any level of optimisation; g++ does at -O2, without sanitizers, and cannot say whether it did. There a hand-over goes back
// to the loop that runs the chain when the stack has grown since: whatever is nested is unwound.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <coroutine>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

#if defined(__clang__)

/// Returns: what await_suspend() is to return so that `next` goes on.
PEL_ALWAYS_INLINE std::coroutine_handle<> hand_over(std::coroutine_handle<> next) noexcept { return next; }

/// Resumes `first`, and what is handed over to.
inline void resume_chain(std::coroutine_handle<> first) noexcept { first.resume(); }

#else

/// How far the stack may grow, and who goes on in the loop.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local std::uintptr_t hand_over_limit = 0;
[[gnu::tls_model("initial-exec")]] inline constinit thread_local void* next_in_loop = nullptr;

PEL_COLD inline std::coroutine_handle<> hand_over_in_loop(std::coroutine_handle<> next) noexcept {
    if (next_in_loop != nullptr) return next; // whoever resumed this is not back in the loop yet
    next_in_loop = next.address();
    return std::noop_coroutine();
}

PEL_ALWAYS_INLINE std::coroutine_handle<> hand_over(std::coroutine_handle<> next) noexcept {
    if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < hand_over_limit) [[unlikely]]
        return hand_over_in_loop(next);
    return next;
}

inline void resume_chain(std::coroutine_handle<> first) noexcept {
    constexpr std::uintptr_t room = 16 * 1024;
    const std::uintptr_t outer = hand_over_limit;
    hand_over_limit = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - room;
    first.resume();
    while (void* const next = next_in_loop) {
        next_in_loop = nullptr;
        std::coroutine_handle<>::from_address(next).resume();
    }
    hand_over_limit = outer;
}

#endif

} // namespace detail
PEL_NAMESPACE_END
