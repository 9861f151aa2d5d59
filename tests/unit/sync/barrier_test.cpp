// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/sync/barrier.hpp>

#include "support/blocked.hpp"
#include "support/plain_coroutine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace barrier_test {

using pel_test::plain_coroutine;

constinit pel::barrier<> constant(2);

class barrier_in : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(barrier_in);

/// Runs the rounds of one member: adds, meets, and reads what all have added.
template <class Barrier>
void take_part(Barrier& barrier, std::vector<std::atomic<int>>& added, unsigned self, int rounds) {
    for (int round = 1; round <= rounds; ++round) {
        ++added[self];
        barrier.arrive_and_wait();
        for (const auto& each : added) ASSERT_GE(each, round);
        barrier.arrive_and_wait();
        for (const auto& each : added) ASSERT_LE(each, round + 1);
    }
}

TEST(barrier, nobody_goes_on_before_all_have_arrived) {
    const pel_test::watchdog guard;
    int completions = 0;
    auto complete = [&]() noexcept { ++completions; };
    pel::barrier barrier(3, complete);
    std::vector<std::atomic<int>> added(3);
    const int rounds = static_cast<int>(pel_test::scaled(2'000));
    pel_test::on_threads(3, [&](unsigned self) { take_part(barrier, added, self, rounds); });
    EXPECT_EQ(completions, 2 * rounds);
}

TEST(barrier, arriving_and_waiting_are_two_things) {
    const pel_test::watchdog guard;
    int completions = 0;
    auto complete = [&]() noexcept { ++completions; };
    pel::barrier barrier(3, complete);
    auto first = barrier.arrive(2);
    std::stop_source stop;
    stop.request_stop();
    auto again = barrier.arrive();
    EXPECT_EQ(completions, 1);
    barrier.wait(std::move(first));
    EXPECT_TRUE(barrier.wait(std::move(again), stop.get_token()));
    EXPECT_FALSE(barrier.wait(barrier.arrive(), stop.get_token()));
}

TEST(barrier, who_drops_out_is_not_waited_for_any_more) {
    const pel_test::watchdog guard;
    pel::barrier<> barrier(2);
    std::thread other([&] { barrier.arrive_and_drop(); });
    for (int i = 0; i < 10; ++i) barrier.arrive_and_wait();
    other.join();
}

TEST(barrier, the_last_one_to_know_may_destroy_it) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        auto barrier = std::make_unique<pel::barrier<>>(2);
        std::thread other([object = barrier.get()] { (void)object->arrive(); });
        barrier->arrive_and_wait();
        barrier.reset();
        other.join();
    }
}

plain_coroutine meet(pel::barrier<>& barrier, int& meetings, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        co_await barrier.async_arrive_and_wait();
        ++meetings;
    }
}

TEST(barrier, coroutines_meet) {
    pel::barrier<> barrier(3);
    int meetings = 0;
    meet(barrier, meetings, 2);
    meet(barrier, meetings, 2);
    EXPECT_EQ(meetings, 0);
    (void)barrier.arrive();
    EXPECT_EQ(meetings, 2);
    (void)barrier.arrive();
    EXPECT_EQ(meetings, 4);
}

TEST_P(barrier_in, more_tasks_meet_than_there_are_seats) {
    const unsigned tasks = GetParam() + 2;
    pel::barrier<> barrier(tasks + 1);
    std::vector<std::atomic<int>> added(tasks + 1);
    const int rounds = static_cast<int>(pel_test::scaled(30));
    std::atomic<unsigned> done{0};
    for (unsigned i = 0; i < tasks; ++i) {
        pool.post([&, i] {
            take_part(barrier, added, i, rounds);
            ++done;
        });
    }
    take_part(barrier, added, tasks, rounds);
    pel_test::await([&] { return done == tasks; });
}

} // namespace barrier_test
