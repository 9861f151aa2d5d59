// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The futex system call, on the 32-bit word that a detail::atomic<std::uint32_t> holds. Spurious returns are allowed.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstdint>

#ifdef PEL_MODEL
#include <pel_model/platform.hpp>
#else

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Blocks while *word == expected; `nanoseconds` < 0 waits without limit. Returns on a wake, a signal or the time-out.
template <class Word>
void futex_wait(Word& word, std::uint32_t expected, std::int64_t nanoseconds) noexcept {
    timespec limit{};
    limit.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
    limit.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
    ::syscall(SYS_futex, word.address(), FUTEX_WAIT_PRIVATE, expected, nanoseconds < 0 ? nullptr : &limit, nullptr, 0);
}

template <class Word>
void futex_wake_one(Word& word) noexcept {
    ::syscall(SYS_futex, word.address(), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

} // namespace detail
PEL_NAMESPACE_END

#endif
