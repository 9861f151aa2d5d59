// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/seats.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace seats_test {

using pel::detail::seats;
using pel::detail::seats_view;

TEST(seats, all_are_free_at_first) {
    const seats pool(3);
    EXPECT_EQ(pool.count(), 3U);
    const seats_view view = pool.load();
    EXPECT_EQ(view.free(), 3);
    EXPECT_EQ(view.idle() + view.searching() + view.foreign() + view.waiters(), 0U);
    EXPECT_FALSE(view.has_guardian());
    EXPECT_FALSE(pool.somebody_works(view));
    EXPECT_TRUE(pool.only_foreign(view));
}

TEST(seats, foreign_callers_take_a_seat_each_and_go_into_debt) {
    seats pool(1);
    EXPECT_EQ(pool.enter_foreign().free(), 0);
    const seats_view second = pool.enter_foreign();
    EXPECT_EQ(second.free(), -1);
    EXPECT_EQ(second.foreign(), 2U);
    EXPECT_TRUE(pool.only_foreign(second));
    EXPECT_TRUE(pool.somebody_works(second));
    pool.leave_foreign();
    EXPECT_EQ(pool.leave_foreign().word(), seats(1).load().word());
}

TEST(seats, the_largest_numbers_do_not_spill_into_each_other) {
    seats pool(seats::most_seats);
    for (unsigned i = 0; i < seats::most_foreign; ++i) pool.enter_foreign();
    EXPECT_EQ(pool.load().foreign(), seats::most_foreign);
    EXPECT_EQ(pool.load().free(), 0);
    for (unsigned i = 0; i < seats::most_threads; ++i) pool.enter();
    EXPECT_EQ(pool.load().free(), -static_cast<int>(seats::most_threads));
    EXPECT_EQ(pool.load().idle(), 0U);
    for (unsigned i = 0; i < seats::most_threads; ++i) pool.park_waiter(false);
    EXPECT_EQ(pool.load().waiters(), seats::most_threads);
    for (unsigned i = 0; i < seats::most_foreign; ++i) pool.park_waiter(true);
    EXPECT_EQ(pool.load().waiters(), seats::most_threads + seats::most_foreign);
    EXPECT_EQ(pool.load().free(), static_cast<int>(seats::most_seats));
    EXPECT_EQ(pool.load().searching() + pool.load().foreign() + pool.load().idle(), 0U);
}

TEST(seats, a_searcher_that_parks_frees_its_seat_and_can_be_woken) {
    seats pool(2);
    ASSERT_TRUE(pool.try_take_seat(false));
    EXPECT_EQ(pool.load().searching(), 1U);
    bool guardian = true;
    const seats_view parked = pool.park_searcher(guardian);
    EXPECT_FALSE(guardian) << "nobody is at work";
    EXPECT_EQ(parked.free(), 2);
    EXPECT_EQ(parked.idle(), 1U);
    EXPECT_TRUE(pool.try_take_idle(false));
    EXPECT_FALSE(pool.try_take_idle(false)) << "nobody is left";
    EXPECT_EQ(pool.found().searching(), 0U);
    EXPECT_EQ(pool.load().free(), 1);
}

TEST(seats, the_last_searcher_becomes_guardian_while_somebody_works) {
    seats pool(3);
    pool.enter_foreign();
    ASSERT_TRUE(pool.try_take_seat(false));
    ASSERT_TRUE(pool.try_take_seat(false));
    bool guardian = true;
    pool.park_searcher(guardian);
    EXPECT_FALSE(guardian) << "another searches";
    pool.park_searcher(guardian);
    EXPECT_TRUE(guardian);
    EXPECT_TRUE(pool.load().has_guardian());
    ASSERT_TRUE(pool.try_take_idle(false));
    pool.park_searcher(guardian);
    EXPECT_FALSE(guardian) << "there is one";
    EXPECT_FALSE(pool.dismiss_guardian().has_guardian());
}

TEST(seats, nobody_is_woken_without_a_free_seat_unless_only_foreign_threads_hold_them) {
    seats pool(2);
    ASSERT_TRUE(pool.try_take_seat(false));
    ASSERT_TRUE(pool.try_take_seat(false));
    pool.found();
    bool guardian = false;
    pool.park_searcher(guardian);
    pool.enter_foreign();
    EXPECT_EQ(pool.load().free(), 0);
    EXPECT_FALSE(pool.try_take_idle(true)) << "a thread of the pool will serve the injector";
    EXPECT_FALSE(pool.try_take_seat(true));
    pool.leave();
    pool.enter_foreign();
    EXPECT_FALSE(pool.try_take_idle(false)) << "no seat, and nothing in the injector";
    EXPECT_TRUE(pool.try_take_idle(true)) << "S3";
    EXPECT_EQ(pool.load().free(), -1);
}

TEST(seats, a_waiter_is_taken_only_when_nobody_else_could_do_the_work) {
    seats pool(1);
    pool.enter();
    pool.park_waiter(false);
    EXPECT_EQ(pool.load().free(), 1);
    EXPECT_TRUE(pool.try_take_waiter(false)) << "everybody sleeps";
    EXPECT_FALSE(pool.try_take_waiter(false));
    pool.park_waiter(false);
    pool.enter_foreign();
    EXPECT_FALSE(pool.try_take_waiter(false)) << "a foreign thread is awake";
    EXPECT_TRUE(pool.try_take_waiter(true)) << "but it serves no injector";
    pool.park_waiter(false);
    pool.leave_foreign();
    pool.enter();
    EXPECT_FALSE(pool.try_take_waiter(true)) << "a thread of the pool is at work";
}

TEST(seats, a_waiter_that_leaves_by_itself_takes_a_seat_whether_one_is_free_or_not) {
    seats pool(1);
    pool.enter();
    pool.park_waiter(false);
    pool.enter();
    seats_view after(0);
    EXPECT_TRUE(pool.try_leave_waiting(after));
    EXPECT_EQ(after.free(), -1);
    EXPECT_EQ(after.waiters(), 0U);
    EXPECT_FALSE(pool.try_leave_waiting(after)) << "a waker has reserved it";
}

TEST(seats, only_a_debt_is_repaid) {
    seats pool(1);
    pool.enter();
    EXPECT_FALSE(pool.try_repay());
    EXPECT_EQ(pool.load().idle(), 0U);
    pool.enter();
    EXPECT_TRUE(pool.try_repay());
    EXPECT_EQ(pool.load().free(), 0);
    EXPECT_EQ(pool.load().idle(), 1U);
    EXPECT_FALSE(pool.try_repay());
}

TEST(seats, a_thread_that_could_not_be_started_returns_its_seat) {
    seats pool(1);
    ASSERT_TRUE(pool.try_take_seat(false));
    EXPECT_FALSE(pool.try_take_seat(false));
    EXPECT_EQ(pool.return_seat().word(), seats(1).load().word());
}

TEST(seats, stress_counts_return_to_where_they_began) {
    const pel_test::watchdog guard;
    seats pool(2);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (unsigned long i = 0; i < pel_test::scaled(50'000); ++i) {
                pool.enter_foreign();
                pool.park_waiter(true);
                seats_view after(0);
                while (!pool.try_leave_waiting(after)) {
                }
                pool.foreign_is_back();
                if (pool.try_take_seat(false)) {
                    bool guardian = false;
                    pool.park_searcher(guardian);
                    while (!pool.try_take_idle(true)) std::this_thread::yield();
                    if (guardian) pool.dismiss_guardian();
                    pool.return_seat();
                }
                pool.leave_foreign();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(pool.load().word(), seats(2).load().word());
}

} // namespace seats_test
