// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// Who waits with a limit does not offer the CPU any more once that is over: on a busy machine it would come back late.
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/latch.hpp>
#include <pel/sync/mutex.hpp>
#include <pel/sync/shared_mutex.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace time_limits_test {

thread_local int yields = 0;

/// A time that goes on by one where somebody looks at it.
struct looks {
    using rep = int;
    using period = std::milli;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<looks>;
    static constexpr bool is_steady = true;
    static time_point now() noexcept { return time_point(duration(++count)); }
    static inline thread_local int count = 0;
};

/// Returns: how often wait(end) offers the CPU, where the time is over at the second look.
template <class Wait>
int yields_of(const Wait& wait) {
    int offered = -1;
    std::thread([&] {
        yields = looks::count = 0;
        EXPECT_FALSE(wait(looks::time_point(looks::duration(2))));
        offered = yields;
    }).join();
    return offered;
}

TEST(time_limits, end_a_spin_before_the_cpu_is_offered) {
    const pel_test::watchdog guard;
    pel::timed_mutex mutex;
    const std::scoped_lock held(mutex);
    EXPECT_EQ(yields_of([&](auto end) { return mutex.try_lock_until(end); }), 0);
    pel::shared_timed_mutex shared;
    const std::scoped_lock written(shared);
    EXPECT_EQ(yields_of([&](auto end) { return shared.try_lock_until(end); }), 0);
    EXPECT_EQ(yields_of([&](auto end) { return shared.try_lock_shared_until(end); }), 0);
    pel::counting_semaphore<> units(0);
    EXPECT_EQ(yields_of([&](auto end) { return units.try_acquire_until(end); }), 0);
    pel::event event;
    EXPECT_EQ(yields_of([&](auto end) { return event.wait_until(end); }), 0);
    const pel::latch latch(1);
    EXPECT_EQ(yields_of([&](auto end) { return latch.wait_until(end); }), 0);
}

} // namespace time_limits_test

/// Instead of the system's.
extern "C" int sched_yield() noexcept {
    ++time_limits_test::yields;
    return static_cast<int>(::syscall(SYS_sched_yield));
}
