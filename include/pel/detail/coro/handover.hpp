// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How one coroutine goes on where another ends, or suspends, without growth of the stack. clang makes a tail call of it at
// any level of optimisation; g++ does at -O2, without sanitizers, and cannot say whether it did. There every hundredth
// goes back to the loop that runs the chain: whatever was nested until then is unwound.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <coroutine>

PEL_NAMESPACE_BEGIN
namespace detail {

#if defined(__clang__)

/// Returns: what await_suspend() is to return so that `next` goes on.
PEL_ALWAYS_INLINE std::coroutine_handle<> hand_over(std::coroutine_handle<> next) noexcept { return next; }

/// Resumes `first`, and what is handed over to.
inline void resume_chain(std::coroutine_handle<> first) noexcept { first.resume(); }

#else

/// The hand-overs left to a thread until one goes through the loop, and who that is.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local unsigned hand_overs_left = 100;
[[gnu::tls_model("initial-exec")]] inline constinit thread_local void* next_in_loop = nullptr;

PEL_COLD inline std::coroutine_handle<> hand_over_in_loop(std::coroutine_handle<> next) noexcept {
    hand_overs_left = 100;
    next_in_loop = next.address();
    return std::noop_coroutine();
}

PEL_ALWAYS_INLINE std::coroutine_handle<> hand_over(std::coroutine_handle<> next) noexcept {
    if (--hand_overs_left == 0) [[unlikely]]
        return hand_over_in_loop(next);
    return next;
}

inline void resume_chain(std::coroutine_handle<> first) noexcept {
    first.resume();
    while (void* const next = next_in_loop) {
        next_in_loop = nullptr;
        std::coroutine_handle<>::from_address(next).resume();
    }
}

#endif

} // namespace detail
PEL_NAMESPACE_END
