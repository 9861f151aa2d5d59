// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The processor's constant-rate counter, for durations of microseconds: a third of the price of the clock (benchmark
// small_loops). Rates are measured once, against the clock.
#pragma once

#include <pel/detail/platform/clock.hpp>

#include <cstdint>

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

/// The two clocks. (A type, so that a test can have a thread interrupted between two readings.)
struct system_clocks {
    static std::int64_t now_ns() noexcept { return detail::now_ns(); }
    static std::int64_t ticks() noexcept { return detail::ticks(); }
};

/// Returns: ticks per 1024 ns, at least 1. Blocks: some 20 µs, spinning.
template <class Clocks = system_clocks>
std::int64_t measure_tick_rate(Clocks clocks = {}) noexcept {
    struct reading {
        std::int64_t ns, ticks;
    };
    // A thread may be interrupted between two readings. So each is one of a few: that with the least ticks around it.
    const auto read_both = [&clocks]() noexcept {
        reading best{0, 0};
        std::int64_t least = INT64_MAX;
        for (int tries = 0; tries < 5; ++tries) {
            const std::int64_t before = clocks.ticks();
            const std::int64_t ns = clocks.now_ns();
            const std::int64_t took = clocks.ticks() - before;
            if (took < least) {
                best = {ns, before + took / 2};
                least = took;
            }
        }
        return best;
    };
    const reading start = read_both();
    reading end = start;
    while (end.ns - start.ns < 20'000) end = read_both();
    const std::int64_t rate = (end.ticks - start.ticks) * 1024 / (end.ns - start.ns);
    return rate > 0 ? rate : 1;
}

} // namespace detail
PEL_NAMESPACE_END
