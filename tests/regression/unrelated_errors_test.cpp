// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An exception cancels what is inside of what has thrown, and nothing that has only lain near it in a deque.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <utility>

namespace unrelated_errors_test {

/// Other threads do what it takes, one each.
void await(const std::atomic<bool>& flag, bool value = true) {
    pel_test::await([&] { return flag == value; });
}

/// Until an error has reached what is inside it.
void await_cancellation() {
    try {
        for (;;) pel::parallel_for(0, 2, [](int) {});
    } catch (const pel::operation_cancelled&) {
    }
}

/// A fork whose side here throws once another thread has the other one, which goes on until the error has reached it
/// (`is_told`) and it may end.
void throw_in_fork(std::atomic<bool>& may_steal, std::atomic<bool>& is_told, const std::atomic<bool>& may_end) {
    std::atomic<bool> other_begins{false};
    EXPECT_THROW(pel::parallel_invoke(
                     [&] {
                         may_steal = true;
                         while (!other_begins) pel::parallel_invoke([] {}, [] {}); // forks answer who asks for work
                         throw std::runtime_error("caught here");
                     },
                     [&] {
                         other_begins = true;
                         await_cancellation();
                         is_told = true;
                         await(may_end);
                     }),
                 std::runtime_error);
}

/// Sets it when it goes, as what is dropped does, too.
class at_end {
public:
    explicit at_end(std::atomic<bool>& flag) noexcept : flag_(&flag) {}
    at_end(at_end&& other) noexcept : flag_(std::exchange(other.flag_, nullptr)) {}
    ~at_end() {
        if (flag_ != nullptr) *flag_ = true;
    }

private:
    std::atomic<bool>* flag_;
};

TEST(unrelated_errors, a_stolen_task_is_not_cancelled_by_what_its_thread_does_later) {
    pel::thread_pool pool(3);
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> is_stolen{false}, must_look{false}, has_looked{false}, is_blocked{false}, is_next{false},
            has_thrown{false};
        std::atomic<int> items{0};
        pool.post([&] { // keeps the third thread until there is a fork to be stolen
            is_blocked = true;
            await(is_next);
            is_blocked = false;
        });
        await(is_blocked);
        pel::task_group group(pool);
        group.run([&] {
            group.run([&] { // lies at the bottom of this thread's deque
                is_stolen = true;
                await(must_look);
                const at_end looked(has_looked);
                pel::parallel_for(0, 10, [&](int) { ++items; });
                pel::task_group inner;
                for (int each = 0; each < 10; ++each) inner.run([&] { ++items; });
                EXPECT_EQ(inner.wait(), pel::group_status::completed);
            });
            await(is_stolen);
        });
        await(is_stolen);
        pool.post([&] { // on the thread that has pushed the task, where that has lain
            throw_in_fork(is_next, must_look, has_looked);
            has_thrown = true;
        });
        EXPECT_NO_THROW(EXPECT_EQ(group.wait(), pel::group_status::completed));
        EXPECT_EQ(items, 20) << round;
        await(has_thrown);
        await(is_blocked, false);
    }
}

TEST(unrelated_errors, tasks_of_a_younger_group_are_not_dropped_by_errors_of_an_older_ones) {
    pel::thread_pool pool(3);
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> has_begun{false}, may_steal{false}, may_take{false}, is_over{false}, is_blocked{false},
            is_done{false};
        std::atomic<int> runs{0};
        pool.post([&] { // the third thread takes the younger group's task when it may
            is_blocked = true;
            await(may_take);
            is_blocked = false;
        });
        await(is_blocked);
        const auto with_two_groups = [&] {
            has_begun = true;
            pel::task_group older(pool);
            older.run([&] { // is taken back from below the younger group's task, which goes to its list
                throw_in_fork(may_steal, may_take, is_over);
            });
            pel::task_group younger(pool);
            younger.run([&runs, end = at_end(is_over)] { ++runs; });
            EXPECT_EQ(older.wait(), pel::group_status::completed);
            EXPECT_EQ(younger.wait(), pel::group_status::completed);
        };
        pool.post([&] { // waits for what was stolen from it, and so takes only what is inside that
            pel::parallel_invoke([&] { await(has_begun), await(may_steal); }, with_two_groups);
            is_done = true;
        });
        await(is_done);
        EXPECT_EQ(runs, 1) << round;
        await(is_blocked, false);
    }
}

} // namespace unrelated_errors_test
