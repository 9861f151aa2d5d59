// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waits that hang elsewhere: for a sub-task's future inside a task, for tasks run by a thread that is gone, at
// concurrency 1, under a CPU quota. https://github.com/uxlfoundation/oneTBB/issues/2056, taskflow/taskflow/issues/575
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace waiting_anywhere_test {

using pel::group_status;
using pel::task_group;

class waiting_anywhere_on : public pel_test::with_pool_shape {};
INSTANTIATE_TEST_SUITE_P(on, waiting_anywhere_on,
                         testing::Values(pel_test::one_seat, pel_test::two_seats, pel_test::three_seats,
                                         pel_test::quota_of_one, pel_test::pool_shape{"one_thread", 1, false, true},
                                         pel_test::two_threads),
                         pel_test::shape_name);

/// Recursion by futures: 2^depth tasks would be too many, so one spawned child per level and one called.
int spawn_and_get(pel::thread_pool& pool, int depth) {
    if (depth == 0) return 1;
    auto child = pool.submit([&pool, depth] { return spawn_and_get(pool, depth - 1); });
    return child.get() + 1;
}

/// Two children per level.
int spawn_and_get_twice(pel::thread_pool& pool, int depth) {
    if (depth == 0) return 1;
    auto left = pool.submit([&pool, depth] { return spawn_and_get_twice(pool, depth - 1); });
    auto right = pool.submit([&pool, depth] { return spawn_and_get_twice(pool, depth - 1); });
    return left.get() + right.get();
}

TEST_P(waiting_anywhere_on, spawn_and_get_of_depth_20_from_main_a_worker_and_a_foreign_thread) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(spawn_and_get(pool, 20), 21);
        EXPECT_EQ(pool.execute([&] { return spawn_and_get(pool, 20); }), 21);
        EXPECT_EQ(pool.submit([&] { return spawn_and_get(pool, 20); }).get(), 21);
        std::thread([&] { EXPECT_EQ(spawn_and_get(pool, 20), 21); }).join();
        // On a worker while nobody helps: the future is not asked for until the task is done.
        auto detached = pool.submit([&] { return spawn_and_get(pool, 20); });
        pel_test::await([&] { return detached.is_ready(); });
        EXPECT_EQ(detached.get(), 21);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, spawn_two_and_get_both_of_depth_10) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 4; ++round) {
        EXPECT_EQ(spawn_and_get_twice(pool, 10), 1024);
        auto detached = pool.submit([&] { return spawn_and_get_twice(pool, 10); });
        pel_test::await([&] { return detached.is_ready(); });
        EXPECT_EQ(detached.get(), 1024);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, run_on_a_thread_that_exits_and_wait_on_another) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> runs{0};
    const unsigned long rounds = pel_test::scaled(500);
    for (unsigned long round = 0; round < rounds; ++round) {
        auto group = std::make_unique<task_group>(pool);
        std::thread([&] {
            for (int i = 0; i < 10; ++i) group->run([&] { ++runs; });
        }).join();
        std::thread([&] { EXPECT_EQ(group->wait(), group_status::completed); }).join();
    }
    EXPECT_EQ(runs, 10 * rounds);
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, tasks_of_a_thread_that_exits_run_while_nobody_waits) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        std::atomic<int> runs{0};
        task_group group(pool);
        std::thread([&] {
            pool.execute([&] {
                for (int i = 0; i < 10; ++i) group.run([&] { ++runs; });
            });
        }).join();
        pel_test::await([&] { return runs == 10; });
        ASSERT_EQ(group.wait(), group_status::completed);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, run_into_an_outer_group_inside_a_fork) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned long rounds = pel_test::scaled(3'000);
    std::atomic<unsigned long> runs{0};
    for (unsigned long round = 0; round < rounds; ++round) {
        task_group outer(pool);
        pool.execute([&] {
            pel::parallel_invoke([&] { outer.run([&] { ++runs; }); }, [&] { outer.run([&] { ++runs; }); },
                                 [&] { pel::parallel_for(0, 10, [&](int) { outer.run([&] { ++runs; }); }); });
        });
        ASSERT_EQ(outer.wait(), group_status::completed);
        ASSERT_EQ(runs, 12 * (round + 1));
    }
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, a_post_runs_while_foreign_threads_loop_for_ever) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<bool> is_over{false};
    std::atomic<unsigned> inside{0};
    std::vector<std::thread> threads;
    const unsigned callers = pool.concurrency();
    for (unsigned t = 0; t < callers; ++t) {
        threads.emplace_back([&] {
            pool.execute([&] {
                ++inside;
                while (!is_over.load()) std::this_thread::yield();
            });
        });
    }
    pel_test::await([&] { return inside == callers; });
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> has_run{false};
        pool.post([&] { has_run = true; });
        pel_test::await([&] { return has_run.load(); });
        task_group group(pool);
        std::atomic<bool> has_run_too{false};
        group.run([&] { has_run_too = true; });
        pel_test::await([&] { return has_run_too.load(); });
        ASSERT_EQ(group.wait(), group_status::completed);
    }
    is_over = true;
    for (std::thread& thread : threads) thread.join();
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, a_post_made_before_foreign_threads_come_to_loop_for_ever_runs) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 50; ++round) {
        std::atomic<bool> has_run{false};
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < pool.concurrency() + 1; ++t) {
            threads.emplace_back([&, t] {
                pool.execute([&] {
                    if (t == 0) pool.post([&] { has_run = true; });
                    while (!has_run.load()) std::this_thread::yield();
                });
            });
        }
        for (std::thread& thread : threads) thread.join();
    }
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, waits_of_every_kind_nest_at_random) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::atomic<unsigned long> leaves{0};
    const auto grow = [&](auto& self, unsigned state, int depth) -> void {
        std::minstd_rand random(state);
        const unsigned a = static_cast<unsigned>(random()) + 1;
        const unsigned b = static_cast<unsigned>(random()) + 1;
        if (depth == 0) {
            ++leaves;
            return;
        }
        switch (a % 5) {
        case 0: return pel::parallel_invoke([&] { self(self, a, depth - 1); }, [&] { self(self, b, depth - 1); });
        case 1: return pel::parallel_for(0, 2, [&](int i) { self(self, i == 0 ? a : b, depth - 1); });
        case 2: {
            task_group group;
            group.run([&] { self(self, a, depth - 1); });
            group.run([&] { self(self, b, depth - 1); });
            (void)group.wait();
            return;
        }
        case 3: {
            auto first = pool.submit([&] { self(self, a, depth - 1); });
            auto second = pool.submit([&] { self(self, b, depth - 1); });
            second.get();
            return first.get();
        }
        default: pel::blocking([&] { self(self, a, depth - 1); }); return self(self, b, depth - 1);
        }
    };
    const unsigned long rounds = pel_test::scaled(60);
    for (unsigned long round = 0; round < rounds; ++round) {
        const unsigned state = seed + static_cast<unsigned>(round) + 1;
        if (round % 2 == 0)
            pool.execute([&] { grow(grow, state, 10); });
        else
            pool.submit([&] { grow(grow, state, 10); }).get();
    }
    EXPECT_EQ(leaves, rounds * 1024);
    pel_test::expect_balanced(pool);
}

TEST_P(waiting_anywhere_on, many_foreign_threads_wait_in_every_way) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> done{0};
    std::vector<std::thread> threads;
    const unsigned long rounds = pel_test::scaled(300);
    for (int t = 0; t < 5; ++t) {
        threads.emplace_back([&, t] {
            for (unsigned long round = 0; round < rounds; ++round) {
                switch ((static_cast<unsigned long>(t) + round) % 4) {
                case 0: pel::parallel_for(pel::par.on(pool), 0, 50, [&](int) { ++done; }); break;
                case 1: {
                    task_group group(pool);
                    for (int i = 0; i < 50; ++i) group.run([&] { ++done; });
                    (void)group.wait();
                    break;
                }
                case 2:
                    pool.execute([&] {
                        task_group group;
                        for (int i = 0; i < 50; ++i) group.run([&] { ++done; });
                        (void)group.wait();
                    });
                    break;
                default:
                    for (int i = 0; i < 50; ++i) pool.submit([&] { ++done; }).get();
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, 5 * rounds * 50);
    pel_test::expect_balanced(pool);
}

/// What the first branch blocks for is done by the second, which only another thread can run.
TEST_P(waiting_anywhere_on, a_branch_that_blocks_for_its_sibling_does_not_keep_it_for_itself) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(400) + 10; ++round) {
        if (round % 4 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1)); // the pool may sleep, or search
        std::atomic<bool> is_done{false};
        const auto blocks = [&] { pel::blocking([&] { pel_test::await([&] { return is_done.load(); }); }); };
        pool.execute([&] { pel::parallel_invoke(blocks, [&] { is_done = true; }); });
        ASSERT_TRUE(is_done);
    }
}

TEST(waiting_anywhere, an_outermost_fork_that_blocks_for_its_sibling_does_not_keep_it_for_itself) {
    const pel_test::watchdog guard(&pel::default_pool());
    for (unsigned long round = 0; round < pel_test::scaled(400) + 10; ++round) {
        if (round % 4 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        std::atomic<bool> is_done{round % 2 == 0}; // every other call is short: the next may wake nobody at once
        const auto blocks = [&] { pel::blocking([&] { pel_test::await([&] { return is_done.load(); }); }); };
        pel::parallel_invoke(blocks, [&] { is_done = true; });
        ASSERT_TRUE(is_done);
    }
}

/// All seats are held by a foreign thread that waits for another one's call, and what that one waits for lies in its deque
/// under a fork.
TEST_P(waiting_anywhere_on, what_a_foreign_thread_waits_for_is_served_while_others_hold_all_seats) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(100) + 4; ++round) {
        std::atomic<unsigned> inside{0};
        std::atomic<bool> is_over{false};
        std::vector<std::thread> holders;
        for (unsigned i = 0; i < pool.concurrency(); ++i) {
            holders.emplace_back([&] {
                pool.execute([&] {
                    ++inside;
                    pel_test::await([&] { return is_over.load(); });
                });
            });
        }
        pel_test::await([&] { return inside == pool.concurrency(); });
        std::atomic<int> runs{0};
        pool.execute([&] {
            task_group group;
            group.run([&] { ++runs; });
            pel::parallel_invoke([&] { EXPECT_EQ(group.wait(), group_status::completed); }, [&] { ++runs; });
        });
        EXPECT_EQ(runs, 2);
        is_over = true;
        for (std::thread& each : holders) each.join();
    }
    pel_test::expect_balanced(pool);
}

} // namespace waiting_anywhere_test
