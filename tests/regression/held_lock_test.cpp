// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A lock held over a nested parallel call: the holder, while it waits for pieces that were stolen, must not run a task
// that wants the same lock. https://github.com/rayon-rs/rayon/issues/592
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace held_lock_test {

using pel::par;
using pel::parallel_for;

thread_local int depth = 0;
thread_local int mark = 0;

/// A mutex that notices when its holder asks for it again, which would be a deadlock.
class checked_mutex {
public:
    template <class F>
    void hold(F&& f) {
        if (depth != 0) ++reentered;
        const std::lock_guard guard(mutex_);
        ++depth;
        const int own = ++next_mark;
        mark = own;
        f();
        if (mark != own) ++changed; // a thread_local is changed only by work inside
        --depth;
    }
    std::atomic<int> reentered{0}, changed{0};

private:
    std::mutex mutex_;
    int next_mark = 0; // guarded by mutex_
};

void work_for(std::chrono::microseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
    }
}

class held_lock_on : public pel_test::with_pool_shape {};
INSTANTIATE_TEST_SUITE_P(on, held_lock_on,
                         testing::Values(pel_test::one_seat, pel_test::two_seats, pel_test::three_seats,
                                         pel_test::quota_of_one, pel_test::two_threads, pel_test::three_threads,
                                         pel_test::two_nodes),
                         pel_test::shape_name);

/// `rounds` outer tasks, each with a loop of `pieces` bodies under the lock.
void lock_over_loops(pel::thread_pool& pool, int rounds, int pieces, std::chrono::microseconds each) {
    checked_mutex mutex;
    std::atomic<long> bodies{0};
    parallel_for(par.on(pool), 0, rounds, [&](int) {
        mutex.hold([&] {
            parallel_for(0, pieces, [&](int) {
                if (each.count() != 0) work_for(each);
                ++bodies;
            });
        });
    });
    EXPECT_EQ(bodies, static_cast<long>(rounds) * pieces);
    EXPECT_EQ(mutex.reentered, 0);
    EXPECT_EQ(mutex.changed, 0);
    pel_test::expect_balanced(pool);
}

/// Whether another thread has had a part in it; else nothing was tested, and it has to be done again.
bool is_shared(const pel::thread_pool& pool) { return pool.concurrency() == 1 || pool.stats().stolen > 0; }

TEST_P(held_lock_on, over_a_short_loop_many_times) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    do lock_over_loops(pool, static_cast<int>(pel_test::scaled(100'000)), 8, std::chrono::microseconds(0));
    while (!is_shared(pool));
}

TEST_P(held_lock_on, over_a_loop_long_enough_that_waiters_park) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    do lock_over_loops(pool, 300, 4, std::chrono::microseconds(250));
    while (!is_shared(pool));
}

TEST_P(held_lock_on, over_bodies_of_a_millisecond) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    do lock_over_loops(pool, static_cast<int>(pel_test::scaled(300)), 2, std::chrono::milliseconds(1));
    while (!is_shared(pool));
}

TEST_P(held_lock_on, over_a_nested_fork) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    checked_mutex mutex;
    std::atomic<long> bodies{0};
    const int rounds = static_cast<int>(pel_test::scaled(30'000));
    const auto locked = [&] {
        mutex.hold([&] { pel::parallel_invoke([&] { ++bodies; }, [&] { ++bodies; }, [&] { ++bodies; }); });
    };
    for (int round = 0; round < rounds; ++round) {
        pool.execute([&] { pel::parallel_invoke(locked, locked, locked); });
    }
    EXPECT_EQ(bodies, 9L * rounds);
    EXPECT_EQ(mutex.reentered, 0);
    EXPECT_EQ(mutex.changed, 0);
    pel_test::expect_balanced(pool);
}

TEST_P(held_lock_on, over_a_nested_group) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    checked_mutex mutex;
    std::atomic<long> bodies{0};
    const int rounds = static_cast<int>(pel_test::scaled(10'000));
    pel::task_group outer(pool);
    for (int round = 0; round < rounds; ++round) {
        outer.run([&] {
            mutex.hold([&] {
                pel::task_group inner;
                for (int i = 0; i < 4; ++i) inner.run([&] { ++bodies; });
                EXPECT_EQ(inner.wait(), pel::group_status::completed);
            });
        });
    }
    EXPECT_EQ(outer.wait(), pel::group_status::completed);
    EXPECT_EQ(bodies, 4L * rounds);
    EXPECT_EQ(mutex.reentered, 0);
    EXPECT_EQ(mutex.changed, 0);
    pel_test::expect_balanced(pool);
}

TEST_P(held_lock_on, over_a_future) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    checked_mutex mutex;
    std::atomic<long> bodies{0};
    const int rounds = static_cast<int>(pel_test::scaled(10'000));
    parallel_for(par.on(pool), 0, rounds, [&](int) {
        mutex.hold([&] {
            auto result = pool.submit([&] { ++bodies; });
            result.get();
        });
    });
    EXPECT_EQ(bodies, rounds);
    EXPECT_EQ(mutex.reentered, 0);
    EXPECT_EQ(mutex.changed, 0);
    pel_test::expect_balanced(pool);
}

/// The calling thread holds the lock over a loop of `pieces` bodies while every task of the pool wants it.
void hold_while_all_workers_block(pel::thread_pool& pool, int rounds, int pieces, std::chrono::microseconds each) {
    checked_mutex mutex;
    std::atomic<long> bodies{0};
    const int tasks = static_cast<int>(pool.concurrency()) + 2;
    for (int round = 0; round < rounds; ++round) {
        pel::task_group group(pool);
        mutex.hold([&] {
            for (int i = 0; i < tasks; ++i) group.run([&] { mutex.hold([&] { ++bodies; }); });
            parallel_for(par.on(pool), 0, pieces, [&](int) {
                if (each.count() != 0) work_for(each);
                ++bodies;
            });
        });
        ASSERT_EQ(group.wait(), pel::group_status::completed);
    }
    EXPECT_EQ(bodies, static_cast<long>(rounds) * (pieces + tasks));
    EXPECT_EQ(mutex.reentered, 0);
    EXPECT_EQ(mutex.changed, 0);
    pel_test::expect_balanced(pool);
}

TEST_P(held_lock_on, by_main_while_all_workers_block_on_it) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    hold_while_all_workers_block(pool, static_cast<int>(pel_test::scaled(3'000)), 8, std::chrono::microseconds(0));
}

TEST(held_lock, by_main_a_hundred_thousand_times_while_all_workers_block_on_it) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    hold_while_all_workers_block(pool, static_cast<int>(pel_test::scaled(100'000)), 8, std::chrono::microseconds(0));
}

TEST_P(held_lock_on, by_main_for_long_while_all_workers_block_on_it) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    hold_while_all_workers_block(pool, static_cast<int>(pel_test::scaled(300)), 2, std::chrono::milliseconds(1));
}

TEST_P(held_lock_on, by_main_inside_the_pool_while_all_workers_block_on_it) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    pool.execute([&] {
        hold_while_all_workers_block(pool, static_cast<int>(pel_test::scaled(1'000)), 8, std::chrono::microseconds(0));
    });
    pool.execute([&] { hold_while_all_workers_block(pool, 50, 8, std::chrono::microseconds(200)); });
}

TEST_P(held_lock_on, call_once_over_a_nested_loop) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<long> bodies{0};
    const int rounds = static_cast<int>(pel_test::scaled(25'000)); // of four flags each
    long expected = 0;
    for (int round = 0; round < rounds; ++round) {
        const bool is_long = round % 333 == 0;
        const int pieces = is_long ? 2 : 32;
        expected += 4 * pieces;
        std::once_flag flags[4];
        std::atomic<int> entered{0};
        parallel_for(par.on(pool), 0, 16, [&](int i) {
            std::call_once(flags[i % 4], [&] {
                ++entered;
                parallel_for(0, pieces, [&](int) {
                    if (is_long) work_for(std::chrono::milliseconds(1));
                    ++bodies;
                });
            });
        });
        ASSERT_EQ(entered, 4);
    }
    EXPECT_EQ(bodies, expected);
    pel_test::expect_balanced(pool);
}

TEST_P(held_lock_on, a_function_local_static_over_a_nested_loop) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto table = [&]() -> const std::vector<int>& {
        static std::atomic<int> entries{0};
        static const std::vector<int> made = [&] {
            ++entries;
            std::vector<int> values(2'000);
            parallel_for(0, 2'000, [&](int i) {
                work_for(std::chrono::microseconds(1));
                values[static_cast<std::size_t>(i)] = i;
            });
            return values;
        }();
        return made;
    };
    parallel_for(par.on(pool), 0, 1'000, [&](int i) { ASSERT_EQ(table()[static_cast<std::size_t>(i)], i); });
}

} // namespace held_lock_test
