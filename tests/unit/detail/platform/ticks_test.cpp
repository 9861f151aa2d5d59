// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/platform/ticks.hpp>

#include <gtest/gtest.h>

namespace ticks_test {

/// Clocks of 3 ticks per ns, where a reading takes 10 ns, and one of them is followed by an interruption of 5 ms.
struct interrupted_clocks {
    int interrupted;
    int readings = 0;
    std::int64_t ns = 1'000;

    std::int64_t read() noexcept {
        const std::int64_t now = ns;
        ns += readings++ == interrupted ? 5'000'000 : 10;
        return now;
    }
    std::int64_t now_ns() noexcept { return read(); }
    std::int64_t ticks() noexcept { return 3 * read(); }
};

TEST(ticks, are_measured_as_well_by_a_thread_that_is_interrupted) {
    for (int interrupted = -1; interrupted < 200; ++interrupted) {
        const std::int64_t rate = pel::detail::measure_tick_rate(interrupted_clocks{interrupted});
        EXPECT_EQ(rate, 3 * 1024) << "interrupted after reading " << interrupted;
    }
}

} // namespace ticks_test
