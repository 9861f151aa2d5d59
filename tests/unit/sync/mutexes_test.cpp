// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// What all mutexes that spin or queue have in common.
#include <pel/parallel_for.hpp>
#include <pel/sync/numa_mutex.hpp>
#include <pel/sync/queuing_mutex.hpp>
#include <pel/sync/spin_mutex.hpp>
#include <pel/task_group.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mutexes_test {

template <class Mutex>
class mutexes : public testing::Test {};
using all_mutexes = testing::Types<pel::spin_mutex, pel::queuing_mutex, pel::numa_mutex>;
TYPED_TEST_SUITE(mutexes, all_mutexes);

static_assert(sizeof(pel::spin_mutex) == 4);
static_assert(sizeof(pel::queuing_mutex) == 2 * sizeof(void*));

constinit pel::spin_mutex spin_mutex_of_the_program; // need no code to be made
constinit pel::queuing_mutex queuing_mutex_of_the_program;
constinit pel::numa_mutex numa_mutex_of_the_program;

TYPED_TEST(mutexes, work_with_the_guards_of_std) {
    static_assert(!std::is_copy_constructible_v<TypeParam> && !std::is_move_constructible_v<TypeParam>);
    TypeParam one, other;
    {
        const std::lock_guard hold(one);
    }
    {
        const std::scoped_lock hold(one, other);
        EXPECT_FALSE(one.try_lock());
        EXPECT_FALSE(other.try_lock());
    }
    std::unique_lock hold(one, std::try_to_lock);
    EXPECT_TRUE(hold.owns_lock());
    const std::unique_lock second(one, std::try_to_lock);
    EXPECT_FALSE(second.owns_lock());
    hold.unlock();
    EXPECT_TRUE(hold.try_lock());
}

TYPED_TEST(mutexes, stampede_of_holders_exclude_each_other) {
    const pel_test::watchdog guard;
    constexpr unsigned threads = 4;
    const unsigned long rounds = pel_test::scaled(50'000);
    TypeParam mutex;
    unsigned long plain = 0; // a race here is TSan's to find
    std::barrier start(threads);
    std::vector<std::jthread> all;
    for (unsigned t = 0; t < threads; ++t) {
        all.emplace_back([&] {
            start.arrive_and_wait();
            for (unsigned long round = 0; round < rounds; ++round) {
                if (round % 8 == 0 && mutex.try_lock()) { // now and then the other way
                    ++plain;
                    mutex.unlock();
                    continue;
                }
                const std::lock_guard hold(mutex);
                ++plain;
            }
        });
    }
    all.clear();
    EXPECT_EQ(plain, threads * rounds);
}

TYPED_TEST(mutexes, a_waiter_that_sleeps_is_woken) {
    const pel_test::watchdog guard;
    for (int round = 0; round < 5; ++round) {
        TypeParam mutex;
        std::atomic<bool> about_to{false}, has_it{false};
        mutex.lock();
        std::jthread other([&] {
            about_to = true;
            const std::lock_guard hold(mutex);
            has_it = true;
        });
        pel_test::await([&] { return about_to.load(); });
        for (int i = 0; i < 20; ++i) std::this_thread::yield(); // makes sleep likely, not necessary
        EXPECT_FALSE(has_it.load());
        mutex.unlock();
        other.join();
        EXPECT_TRUE(has_it.load());
    }
}

TYPED_TEST(mutexes, may_be_destroyed_as_soon_as_the_last_user_has_it) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        auto mutex = std::make_unique<TypeParam>();
        mutex->lock();
        std::jthread last([&] {
            mutex->lock();
            mutex->unlock();
            mutex.reset(); // the other may not have come back from unlock() yet
        });
        mutex->unlock();
    }
}

TYPED_TEST(mutexes, a_task_that_waits_lets_the_holder_have_its_seat) {
    for (const unsigned threads : {1u, 2u, 3u, 7u}) {
        pel::thread_pool pool(threads);
        const pel_test::watchdog guard(pool);
        for (unsigned long round = 0; round < pel_test::scaled(20); ++round) {
            TypeParam mutex;
            std::atomic<bool> is_held{false}, may_go_on{false};
            int plain = 0;
            pel::task_group group(pool);
            group.run([&] {
                const std::lock_guard hold(mutex);
                is_held = true;
                pel::blocking([&] { pel_test::await([&] { return may_go_on.load(); }); });
                ++plain;
            });
            for (unsigned task = 0; task < threads; ++task) {
                group.run([&] {
                    pel::blocking([&] { pel_test::await([&] { return is_held.load(); }); });
                    const std::lock_guard hold(mutex);
                    ++plain;
                });
            }
            group.run([&] { may_go_on = true; }); // needs a seat, and all are taken by who waits
            ASSERT_EQ(group.wait(), pel::group_status::completed);
            ASSERT_EQ(plain, static_cast<int>(threads) + 1);
        }
        pel_test::expect_balanced(pool);
    }
}

TYPED_TEST(mutexes, a_holder_may_run_a_nested_loop) {
    for (const unsigned threads : {1u, 2u, 3u, 7u}) {
        pel::thread_pool_options options;
        options.concurrency = threads;
        options.max_threads = 64; // more than tasks: else a holder that waits might run one of them (promise 2)
        pel::thread_pool pool(options);
        const pel_test::watchdog guard(pool);
        TypeParam mutex;
        long plain = 0;
        pel::parallel_for(pel::par.on(pool).grain(1), 0, 40, [&](int) {
            const std::lock_guard hold(mutex);
            std::atomic<int> inside{0};
            pel::parallel_for(pel::par.grain(1), 0, 8, [&](int) { ++inside; });
            plain += inside;
        });
        EXPECT_EQ(plain, 320);
        pel_test::expect_balanced(pool);
    }
}

} // namespace mutexes_test
