// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace this_worker_test {

using pel::this_worker::index;
using pel::this_worker::no_index;

TEST(this_worker, has_no_index_outside) {
    pel::thread_pool pool(2);
    EXPECT_EQ(index(), no_index);
    EXPECT_NE(pool.execute([] { return index(); }), no_index);
    EXPECT_EQ(index(), no_index);
}

class this_worker_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(this_worker_on);

TEST_P(this_worker_on, indices_are_different_in_all_threads_at_once_and_small) {
    pel::thread_pool_options options = pel_test::options_of(GetParam());
    options.max_threads = 8;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    constexpr unsigned callers = 4;
    std::vector<std::atomic<int>> owners(8 + callers);
    std::atomic<unsigned> wrong{0};
    const auto check = [&] {
        const unsigned mine = index();
        if (mine >= owners.size()) {
            ++wrong;
            return;
        }
        if (owners[mine].exchange(1) != 0) ++wrong;
        for (volatile int i = 0; i < 300;) i = i + 1;
        if (owners[mine].exchange(0) != 1 || index() != mine) ++wrong;
    };
    for (int generation = 0; generation < 5; ++generation) { // new threads get the indices of those that are gone
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < callers; ++t) {
            threads.emplace_back([&] { pel::parallel_for(pel::par.on(pool), 0, 2'000, [&](int) { check(); }); });
        }
        for (std::thread& thread : threads) thread.join();
    }
    EXPECT_EQ(wrong, 0U);
    pel_test::expect_balanced(pool);
}

TEST(blocking, outside_it_just_calls) {
    EXPECT_EQ(pel::blocking([] { return 7; }), 7);
    EXPECT_THROW(pel::blocking([] { throw 1; }), int);
}

TEST_P(this_worker_on, a_blocking_task_lets_another_thread_work) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        pel::task_group group(pool);
        std::atomic<bool> is_there{false};
        // Every seat is taken by a task that waits for the last one.
        for (unsigned i = 0; i < pool.concurrency(); ++i) {
            group.run([&] { pel::blocking([&] { pel_test::await([&] { return is_there.load(); }); }); });
        }
        group.run([&] { is_there = true; });
        ASSERT_EQ(group.wait(), pel::group_status::completed);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(this_worker_on, a_blocking_task_shares_the_forks_below_it) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        std::atomic<bool> is_there{false};
        pool.execute([&] {
            pel::parallel_invoke([&] { pel::blocking([&] { pel_test::await([&] { return is_there.load(); }); }); },
                                 [&] { is_there = true; });
        });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(this_worker_on, blocking_from_main_as_a_foreign_caller_works_too) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(500); ++round) {
        std::atomic<bool> is_there{false};
        pool.execute([&] {
            pool.post([&] { is_there = true; });
            pel::blocking([&] { pel_test::await([&] { return is_there.load(); }); });
        });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(this_worker_on, a_blocking_task_that_has_forked_still_lets_another_thread_work) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    constexpr int items = 100;
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        pel::task_group group(pool);
        std::atomic<int> wrong{0};
        for (unsigned i = 0; i < pool.concurrency(); ++i) {
            group.run([&] {
                pel::blocking([&] {
                    std::atomic<int> ran{0};
                    pel::parallel_invoke([&] { ++ran; }, [&] { ++ran; });
                    pel::parallel_for(0, items, [&](int) { ++ran; });
                    pel::task_group inner;
                    inner.run([&] { ++ran; });
                    (void)inner.wait();
                    if (ran != items + 3) ++wrong;
                    std::atomic<bool> is_there{false};
                    pool.post([&] { is_there = true; });
                    pel_test::await([&] { return is_there.load(); });
                });
            });
        }
        ASSERT_EQ(group.wait(), pel::group_status::completed);
        ASSERT_EQ(wrong, 0);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(this_worker_on, a_group_is_complete_though_its_builder_blocks_after_it_has_begun_to) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(50); ++round) {
        std::atomic<int> ran{0};
        pool.execute([&] {
            pel::task_group group;
            group.run([&] { ++ran; });
            pel::blocking([&] {
                pel::task_group inside;
                group.run([&] { ++ran; });
                inside.run([&] { ++ran; });
                std::thread([&] {
                    (void)group.wait();
                    (void)inside.wait();
                    ++ran;
                }).join();
            });
        });
        ASSERT_EQ(ran, 4);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(this_worker_on, short_loops_of_main_may_fork_where_they_block) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> ran{0};
    const auto loop = [&](bool blocks) {
        pel::parallel_for(pel::par.on(pool), 0, 2, [&](int i) {
            if (!blocks || i != 0) return;
            pel::blocking([&] {
                pel::parallel_invoke([&] { ++ran; }, [&] { ++ran; });
                std::atomic<bool> is_there{false};
                pool.post([&] { is_there = true; });
                pel_test::await([&] { return is_there.load(); });
            });
            pel::parallel_invoke([&] { ++ran; }, [&] { ++ran; });
        });
    };
    for (int round = 0; round < 100; ++round) loop(false); // so it is known to be short
    for (int round = 0; round < 20; ++round) loop(true);
    EXPECT_EQ(ran, 80);
    pel_test::expect_balanced(pool);
}

/// Calls the pool when its thread exits, and what the pool keeps for the thread is gone already.
struct last_words {
    pel::thread_pool* pool = nullptr;
    unsigned* index = nullptr;
    ~last_words() {
        if (pool != nullptr) *index = pool->execute([] { return pel::this_worker::index(); });
    }
};
TEST(this_worker, threads_that_call_at_their_very_end_leave_nothing) {
    pel::thread_pool pool(2), other(1);
    for (int round = 0; round < 30; ++round) {
        unsigned index = pel::this_worker::no_index, of_other = index;
        std::thread([&] {
            thread_local last_words late, late_too;
            late = {&pool, &index};
            late_too = {&other, &of_other};
            pool.execute([] {});
        }).join();
        ASSERT_LE(index, 4U) << "a number for each of them is never used again";
        ASSERT_LE(of_other, 4U);
    }
}

} // namespace this_worker_test
