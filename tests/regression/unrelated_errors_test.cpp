// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An exception cancels what is inside of what has thrown, and nothing that has only lain near it in a deque.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>

namespace unrelated_errors_test {

/// Other threads do what it takes, one each.
void await(const std::atomic<bool>& flag) {
    while (!flag.load()) std::this_thread::yield();
}

/// Until an error has reached what is inside it.
void await_cancellation() {
    try {
        for (;;) pel::parallel_for(0, 2, [](int) {});
    } catch (const pel::operation_cancelled&) {
    }
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
            has_thrown{false}, other_begins{false};
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
            EXPECT_THROW(pel::parallel_invoke(
                             [&] {
                                 is_next = true;
                                 await(other_begins);
                                 throw std::runtime_error("unrelated");
                             },
                             [&] {
                                 other_begins = true;
                                 await_cancellation();
                                 must_look = true;
                                 await(has_looked);
                             }),
                         std::runtime_error);
            has_thrown = true;
        });
        EXPECT_NO_THROW(EXPECT_EQ(group.wait(), pel::group_status::completed));
        EXPECT_EQ(items, 20) << round;
        await(has_thrown);
        while (is_blocked) std::this_thread::yield();
    }
}

TEST(unrelated_errors, tasks_of_a_younger_group_are_not_dropped_by_errors_of_an_older_ones) {
    pel::thread_pool pool(3);
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> has_begun{false}, may_steal{false}, other_begins{false}, may_take{false}, is_over{false},
            is_blocked{true};
        std::atomic<int> runs{0};
        pool.post([&] {
            await(may_take);
            is_blocked = false;
        });
        const auto with_two_groups = [&] {
            has_begun = true;
            pel::task_group older(pool);
            older.run([&] { // is taken back from below the younger group's task, which goes to its list
                EXPECT_THROW(pel::parallel_invoke(
                                 [&] {
                                     may_steal = true;
                                     await(other_begins);
                                     throw std::runtime_error("caught here");
                                 },
                                 [&] {
                                     other_begins = true;
                                     await_cancellation();
                                     may_take = true;
                                     await(is_over);
                                 }),
                             std::runtime_error);
            });
            pel::task_group younger(pool);
            younger.run([&runs, end = at_end(is_over)] { ++runs; });
            EXPECT_EQ(older.wait(), pel::group_status::completed);
            EXPECT_EQ(younger.wait(), pel::group_status::completed);
        };
        pool.execute([&] { // waits for what was stolen from it, and so takes only what is inside that
            pel::parallel_invoke([&] { await(has_begun), await(may_steal); }, with_two_groups);
        });
        EXPECT_EQ(runs, 1) << round;
        while (is_blocked) std::this_thread::yield();
    }
}

} // namespace unrelated_errors_test
