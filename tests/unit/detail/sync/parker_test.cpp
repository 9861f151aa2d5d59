// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sync/parker.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace parker_test {

using pel::detail::parker;

TEST(parker, a_permit_posted_before_is_consumed_without_sleep) {
    const pel_test::watchdog guard;
    parker place;
    EXPECT_FALSE(place.unpark()) << "nobody sleeps";
    EXPECT_FALSE(place.unpark()) << "two permits are one";
    place.park();
    place.park(1'000); // no permit: comes back by time
}

TEST(parker, a_time_out_ends_the_sleep) {
    const pel_test::watchdog guard;
    parker place;
    place.park(0);
    place.park(1'000'000);
}

TEST(parker, stress_no_permit_is_lost_between_two_threads) {
    const pel_test::watchdog guard;
    const unsigned long rounds = pel_test::scaled(100'000);
    parker ping, pong;
    std::atomic<unsigned long> turn{0};
    unsigned long plain = 0; // handed over by the permits
    const auto play = [&](parker& own, parker& other, unsigned long parity) {
        for (unsigned long i = parity; i < 2 * rounds; i += 2) {
            while (turn.load(std::memory_order_acquire) != i) own.park();
            ++plain;
            turn.store(i + 1, std::memory_order_release);
            other.unpark();
        }
    };
    std::thread second([&] { play(pong, ping, 1); });
    play(ping, pong, 0);
    second.join();
    EXPECT_EQ(plain, 2 * rounds);
}

TEST(parker, unpark_says_whether_somebody_slept) {
    const pel_test::watchdog guard;
    parker place;
    std::atomic<bool> has_come_back{false};
    std::thread sleeper([&] {
        place.park();
        has_come_back = true;
    });
    // Either the permit was there before the sleeper, or it slept: never neither.
    bool woke = false;
    while (!has_come_back.load()) woke |= place.unpark();
    sleeper.join();
    SUCCEED() << woke;
}

} // namespace parker_test
