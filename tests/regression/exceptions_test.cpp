// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exceptions: siblings that have not begun are dropped, nothing leaks, a wait that was cut short says so.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>

#include "support/cancelled_here.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace exceptions_test {

using pel::par;

class exceptions_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(exceptions_on);

/// Counts its live objects.
struct error {
    static inline std::atomic<int> live{0};
    std::string text = std::string(100, 'x'); // for the leak checker
    error() { ++live; }
    error(const error&) { ++live; }
    ~error() { --live; }
};

TEST_P(exceptions_on, a_throw_in_the_first_of_ten_million_bodies_stops_nearly_all_others) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const int size = 10'000'000;
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> after{0};
        EXPECT_THROW(pel::parallel_for(par.on(pool), 0, size,
                                       [&](int i) {
                                           if (i == 0) throw error();
                                           if (pel_test::is_cancelled_here()) ++after;
                                       }),
                     error);
        EXPECT_LT(after, size / 100);
        EXPECT_EQ(error::live, 0);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(exceptions_on, a_throw_in_the_first_of_many_tasks_drops_all_that_have_not_begun) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 5; ++round) {
        std::atomic<unsigned> ran{0};
        EXPECT_THROW(
            {
                pool.execute([&] {
                    pel::task_group inner;
                    inner.run([&] {
                        for (int i = 0; i < 100'000; ++i) {
                            inner.run([&] {
                                if (ran++ == 0) throw error();
                                while (!inner.is_cancelled()) std::this_thread::yield();
                            });
                        }
                    });
                    (void)inner.wait();
                });
            },
            error);
        EXPECT_LE(ran, pool.concurrency()) << "one that each thread had begun";
    }
    EXPECT_EQ(error::live, 0);
    pel_test::expect_balanced(pool);
}

TEST_P(exceptions_on, nested_three_levels_of_every_construct) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto innermost = [] {
        pel::parallel_for(0, 100, [](int i) {
            if (i == 57) throw error();
        });
    };
    const auto in_a_group = [&] {
        pel::task_group group;
        for (int i = 0; i < 5; ++i) group.run(innermost);
        (void)group.wait();
    };
    const auto in_a_fork = [&] { pel::parallel_invoke(in_a_group, in_a_group, in_a_group); };
    const auto in_a_future = [&] { pool.submit(in_a_fork).get(); };
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        ASSERT_THROW(pool.execute(in_a_future), error);
        ASSERT_THROW(pel::parallel_for(par.on(pool), 0, 4, [&](int) { in_a_future(); }), error);
        ASSERT_EQ(error::live, 0);
    }
    int sum = 0;
    EXPECT_NO_THROW(sum = pel::parallel_reduce(par.on(pool), 0, 1'000, 0, [](int) { return 1; }, std::plus<>()));
    EXPECT_EQ(sum, 1'000) << "usable afterwards";
    pel_test::expect_balanced(pool);
}

TEST_P(exceptions_on, from_all_workers_at_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        ASSERT_THROW(pel::parallel_for(par.on(pool), 0, 64, [](int) { throw error(); }), error);
        pel::task_group group(pool);
        for (int i = 0; i < 20; ++i) group.run([] { throw error(); });
        ASSERT_THROW((void)group.wait(), error);
        ASSERT_EQ(error::live, 0);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(exceptions_on, what_tasks_hold_is_destroyed_also_if_they_are_dropped) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        const auto alive = std::make_shared<int>(0);
        pel::task_group group(pool);
        for (int i = 0; i < 100; ++i) {
            group.run([alive, i] {
                if (i == 3) throw error();
            });
        }
        ASSERT_THROW((void)group.wait(), error);
        ASSERT_EQ(alive.use_count(), 1);
    }
}

TEST_P(exceptions_on, a_wait_that_was_cut_short_says_so) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        pel::task_group group(pool);
        std::atomic<int> complete{0};
        std::atomic<int> cut_short{0};
        std::atomic<int> bodies{0};
        for (int t = 0; t < 4; ++t) {
            group.run([&] {
                try {
                    const int got = pel::parallel_reduce(
                        0, 20'000, 0,
                        [&](int) {
                            ++bodies;
                            return 1;
                        },
                        std::plus<>());
                    EXPECT_EQ(got, 20'000) << "never silently short";
                    ++complete;
                } catch (const pel::operation_cancelled&) {
                    ++cut_short;
                }
            });
        }
        pel_test::await_for(std::chrono::seconds(1), [&] { return bodies > 5'000; });
        group.cancel();
        const pel::group_status status = group.wait();
        ASSERT_EQ(status, pel::group_status::cancelled);
        ASSERT_LE(complete + cut_short, 4);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(exceptions_on, a_fork_that_throws_cancels_the_loop_of_its_sibling_and_its_exception_wins) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        std::atomic<bool> loops{false};
        std::atomic<long> bodies{0};
        const auto thrower = [&] {
            if (round % 2 == 0) pel_test::await_for(std::chrono::seconds(0), [&] { return loops.load(); });
            throw error();
        };
        const auto looper = [&] {
            pel::parallel_for(0L, 1L << 50, [&](long) { // ends only by cancellation
                loops = true;
                ++bodies;
            });
        };
        ASSERT_THROW(pool.execute([&] { pel::parallel_invoke(thrower, looper); }), error);
        ASSERT_THROW(pool.execute([&] { pel::parallel_invoke([] {}, thrower, looper); }), error);
        ASSERT_EQ(error::live, 0);
    }
    std::atomic<int> calls{0};
    pool.execute([&] { pel::parallel_for(0, 1'000, [&](int) { ++calls; }); });
    EXPECT_EQ(calls, 1'000) << "nothing stays cancelled";
    pel_test::expect_balanced(pool);
}

} // namespace exceptions_test
