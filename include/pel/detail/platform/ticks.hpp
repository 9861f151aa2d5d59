// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The processor's constant-rate counter, for durations of microseconds: a third of the price of the clock (benchmark
// small_loops). Rates are measured once, against the clock.
#pragma once

#include <pel/detail/platform/clock.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

#if defined(__x86_64__)
PEL_ALWAYS_INLINE std::int64_t ticks() noexcept { return static_cast<std::int64_t>(__builtin_ia32_rdtsc()); }
#elif defined(__aarch64__)
PEL_ALWAYS_INLINE std::int64_t ticks() noexcept {
    std::int64_t value;
    asm volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
}
#else
inline std::int64_t ticks() noexcept { return now_ns(); }
#endif

/// Returns: ticks per 1024 ns, at least 1. Blocks: some 20 µs, spinning.
inline std::int64_t measure_tick_rate() noexcept {
    const std::int64_t start_ns = now_ns();
    const std::int64_t start = ticks();
    std::int64_t ns = 0;
    while ((ns = now_ns() - start_ns) < 20'000) {
    }
    const std::int64_t rate = (ticks() - start) * 1024 / ns;
    return rate > 0 ? rate : 1;
}

} // namespace detail
PEL_NAMESPACE_END
