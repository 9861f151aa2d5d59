// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// Threads: never more than promised, any number of foreign ones. https://github.com/uxlfoundation/oneTBB/issues/1700
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/memory.hpp"
#include "support/own_process.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace thread_limits_test {

using pel::par;

/// Work that tempts a pool to start threads: blocking tasks, nested waits, many callers.
void tempt(pel::thread_pool& pool, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        pel::task_group group(pool);
        std::atomic<int> arrived{0};
        for (int i = 0; i < 6; ++i) {
            group.run([&] {
                pel::blocking([&] {
                    ++arrived;
                    pel_test::await_for(std::chrono::seconds(0), [&] { return arrived == 6; });
                });
                pel::parallel_for(0, 100, [&](int) { pel::blocking([] { std::this_thread::yield(); }); });
            });
        }
        (void)group.wait();
        pel::parallel_for(par.on(pool), 0, 1'000, [](int) {
            for (volatile int i = 0; i < 100;) i = i + 1;
        });
    }
}

/// Runs `work` while the number of threads of this process is polled. Returns: the largest seen.
template <class Work>
std::size_t most_threads_during(Work&& work) {
    std::atomic<bool> is_over{false};
    std::size_t most = 0;
    std::thread observer([&] {
        while (!is_over.load()) {
            most = std::max(most, pel_test::live_threads());
            std::this_thread::yield();
        }
    });
    work();
    is_over = true;
    observer.join();
    return most;
}

TEST(thread_limits, a_pool_never_has_more_threads_than_max_threads) {
    for (unsigned limit : {1U, 2U, 5U}) {
        pel::thread_pool_options options;
        options.concurrency = 4;
        options.max_threads = limit;
        pel::thread_pool pool(options);
        const pel_test::watchdog guard(pool);
        const std::size_t before = pel_test::live_threads();
        const std::size_t most = most_threads_during([&] {
            std::vector<std::thread> callers;
            for (int t = 0; t < 3; ++t)
                callers.emplace_back([&] { tempt(pool, static_cast<int>(pel_test::scaled(100))); });
            for (std::thread& thread : callers) thread.join();
        });
        EXPECT_LE(most, before + 1 + 3 + limit) << "observer, callers and " << limit;
        EXPECT_LE(pool.stats().threads_started, limit);
        pel_test::expect_balanced(pool);
    }
}

TEST(thread_limits, a_pool_by_default_has_at_most_four_threads_per_seat_and_sixteen) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const std::size_t before = pel_test::live_threads();
    // Each blocks with one more task below it: every one of them asks for another thread.
    std::atomic<bool> may_end{false};
    std::atomic<int> inside{0};
    const std::size_t most = most_threads_during([&] {
        pel::task_group group(pool);
        for (int i = 0; i < 100; ++i) {
            group.run([&] {
                pel::blocking([&] {
                    ++inside;
                    pel_test::await([&] { return may_end.load(); });
                });
            });
        }
        pel_test::await([&] { return inside == 4 * 2 + 16; });
        may_end = true;
        (void)group.wait();
    });
    EXPECT_LE(most, before + 1 + 4 * 2 + 16);
    pel_test::expect_balanced(pool);
}

/// One more than seats: for one that waits for a stolen piece. A thread that is taken off its CPU lets others sleep in their
/// joins, and be replaced; so that happens, but not often.
TEST(thread_limits, work_without_blocking_seldom_starts_more_threads_than_seats) {
    int crowded = 0;
    for (int one = 0; one < 10; ++one) {
        pel::thread_pool pool(3);
        const pel_test::watchdog guard(pool);
        for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
            pel::parallel_for(par.on(pool), 0, 10'000, [](int) {});
            pool.submit([] {}).get();
        }
        crowded += pool.stats().threads_started > 4 ? 1 : 0;
        EXPECT_LE(pool.stats().threads_started, 4 * 3U + 16) << "never";
    }
    EXPECT_LE(crowded, 5);
}

TEST(thread_limits, PEL_NUM_THREADS_bounds_the_default_pool) {
    PEL_IN_OWN_PROCESS({"PEL_NUM_THREADS", "1"});
    const pel_test::watchdog guard;
    EXPECT_EQ(pel::default_pool().concurrency(), 1U);
    const std::size_t before = pel_test::live_threads();
    const std::size_t most = most_threads_during([] {
        for (int round = 0; round < 200; ++round) pel::parallel_for(0, 100'000, [](int) {});
    });
    EXPECT_LE(most, before + 1) << "main has the seat: no other thread is needed";
}

TEST(thread_limits, a_thousand_short_lived_foreign_threads_may_call_everything) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> sum{0};
    std::mutex mutex;
    std::set<unsigned> indices;
    const unsigned long threads = pel_test::scaled(1'000);
    for (unsigned long t = 0; t < threads; t += 4) {
        std::vector<std::thread> batch;
        for (int each = 0; each < 4; ++each) {
            batch.emplace_back([&] {
                pel::parallel_for(par.on(pool), 0, 10, [&](int) { ++sum; });
                pool.execute([&] { pel::parallel_invoke([&] { ++sum; }, [&] { ++sum; }); });
                pel::task_group group(pool);
                group.run([&] { ++sum; });
                (void)group.wait();
                pool.submit([&] { ++sum; }).get();
                const unsigned index = pool.execute([] { return pel::this_worker::index(); });
                const std::lock_guard hold(mutex);
                indices.insert(index);
            });
        }
        for (std::thread& thread : batch) thread.join();
    }
    EXPECT_EQ(sum, (threads + 3) / 4 * 4 * 14);
    EXPECT_LT(*indices.rbegin(), 4U + 4 * 2 + 16) << "records are used again";
    pel_test::expect_balanced(pool);
}

TEST(thread_limits, a_thousand_foreign_threads_at_once) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<unsigned long> sum{0};
    const unsigned long count = pel_test::scaled(1'000);
    std::atomic<unsigned long> arrived{0};
    std::vector<std::thread> threads;
    for (unsigned long t = 0; t < count; ++t) {
        threads.emplace_back([&] {
            pool.execute([&] {
                ++arrived;
                pel_test::await([&] { return arrived == count; }); // all inside at once
                pel::parallel_for(0, 10, [&](int) { ++sum; });
            });
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sum, 10 * count);
    EXPECT_EQ(pool.submit([] { return 1; }).get(), 1);
    pel_test::expect_balanced(pool);
}

} // namespace thread_limits_test
