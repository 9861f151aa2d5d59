// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sync/lock.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace lock_test {

using pel::detail::lock;
using pel::detail::lock_guard;

static_assert(sizeof(lock) == 4);

TEST(lock, stampede_of_holders_exclude_each_other) {
    const pel_test::watchdog guard;
    const unsigned long rounds = pel_test::scaled(200'000);
    constexpr unsigned threads = 4;
    lock shared;
    unsigned long plain = 0; // a race here is TSan's to find
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t) {
        all.emplace_back([&] {
            for (unsigned long i = 0; i < rounds; ++i) {
                const lock_guard hold(shared);
                ++plain;
            }
        });
    }
    for (std::thread& thread : all) thread.join();
    EXPECT_EQ(plain, threads * rounds);
}

TEST(lock, a_waiter_that_sleeps_is_woken) {
    const pel_test::watchdog guard;
    for (int round = 0; round < 50; ++round) {
        lock shared;
        std::atomic<bool> about_to{false};
        std::atomic<bool> has_it{false};
        shared.acquire_lock();
        std::thread other([&] {
            about_to = true;
            const lock_guard hold(shared);
            has_it = true;
        });
        pel_test::await([&] { return about_to.load(); });
        for (int i = 0; i < 200; ++i) std::this_thread::yield(); // makes sleep likely, not necessary
        EXPECT_FALSE(has_it.load());
        shared.release_lock();
        other.join();
        EXPECT_TRUE(has_it.load());
    }
}

TEST(lock, a_reset_lock_is_open) {
    lock shared;
    shared.acquire_lock();
    shared.reset_after_fork();
    const lock_guard hold(shared);
}

} // namespace lock_test
