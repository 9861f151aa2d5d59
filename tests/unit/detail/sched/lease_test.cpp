// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What threads outside of all pools do again and again takes no lock of the process.
#include <pel/detail/sched/lease.hpp>
#include <pel/task_group.hpp>
#include <pel/thread_pool.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

namespace lease_test {

using namespace pel::detail;

/// Explicit instantiations may name private members.
template <lock* Lock>
struct reveal {
    friend lock& lock_of_frames() { return *Lock; }
};
lock& lock_of_frames();
template struct reveal<&frame_pool::anywhere_lock_>;

/// Calls `call` on another thread, once more while `held` is.
void call_without(lock& held, const std::function<void()>& call) {
    std::atomic<int> step{0};
    std::thread caller([&] {
        call();
        step = 1;
        pel_test::await([&] { return step == 2; });
        call();
        step = 3;
    });
    pel_test::await([&] { return step == 1; });
    {
        const lock_guard guard(held);
        step = 2;
        pel_test::await([&] { return step == 3; });
    }
    caller.join();
}

TEST(lease, is_found_again_without_a_lock_by_who_calls_two_pools_in_turn) {
    pel::thread_pool first(1), second(1);
    const pel_test::watchdog guard(first);
    int calls = 0;
    call_without(lease_lock, [&] {
        for (int round = 0; round < 10; ++round) {
            first.execute([&] { ++calls; });
            second.execute([&] { ++calls; });
        }
    });
    EXPECT_EQ(calls, 40);
}

TEST(lease, has_memory_for_tasks_that_are_run_from_outside) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    std::atomic<int> runs{0};
    call_without(lock_of_frames(), [&] {
        for (int task = 0; task < 10; ++task) group.run([&] { ++runs; });
    });
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(runs, 20);
}

} // namespace lease_test
