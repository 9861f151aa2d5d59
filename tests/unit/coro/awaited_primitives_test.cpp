// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What primitives give to be awaited is passed on to whatever awaits: when_all(), when_any(), sync_wait(), submit(), spawn().
// test label: coroutines
#include <pel/coro/async_scope.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>
#include <pel/sync/barrier.hpp>
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/latch.hpp>
#include <pel/sync/mutex.hpp>
#include <pel/sync/shared_mutex.hpp>

#include "support/with_coroutines.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <utility>

namespace awaited_primitives_test {

using pel::task;
using pel::when_all;

static_assert(!pel::detail::awaitable<pel::event>, "it stays where it is");
static_assert(pel::detail::awaitable<decltype(std::declval<pel::event&>().async_wait())>);
static_assert(pel::detail::awaitable<decltype(std::declval<pel::mutex&>().async_lock(std::stop_token()))>);

// What a frame holds besides its promise while it waits: a live coroutine takes 200 bytes at most beyond its locals.
static_assert(sizeof(std::declval<pel::event&>().async_wait()) <= 80);
static_assert(sizeof(std::declval<pel::latch&>().async_wait()) <= 80);
static_assert(sizeof(std::declval<pel::counting_semaphore<>&>().async_acquire()) <= 80);
static_assert(sizeof(std::declval<pel::mutex&>().async_lock()) <= 88);
static_assert(sizeof(std::declval<pel::shared_mutex&>().async_lock_shared()) <= 88);

class awaited_primitives_on : public pel_test::with_coroutines {};
PEL_ON_ALL_SHAPES(awaited_primitives_on);

task<int> number(int n) { co_return n; }
template <class Event>
task<> sets(Event& event) {
    co_await pel::yield();
    event.set();
}

task<> with_others() {
    pel::event event;
    co_await when_all(event.async_wait(), sets(event));
    pel::auto_reset_event each;
    co_await when_all(each.async_wait(), sets(each), each.async_wait(), sets(each));
    pel::mutex mutex;
    {
        auto [hold, n] = co_await when_all(mutex.async_lock(), number(3));
        EXPECT_TRUE(hold.owns_lock());
        EXPECT_FALSE(mutex.try_lock());
        EXPECT_EQ(n, 3);
    }
    pel::shared_mutex shared;
    auto [first, second] = co_await when_all(shared.async_lock_shared(), shared.async_lock_shared());
    EXPECT_TRUE(first.owns_lock() && second.owns_lock());
    pel::barrier meeting(2);
    for (int i = 0; i < 3; ++i) co_await when_all(meeting.async_arrive_and_wait(), meeting.async_arrive_and_wait());
}

TEST_P(awaited_primitives_on, together_with_others) {
    for (int i = 0; i < 20; ++i) run(with_others());
}

TEST_P(awaited_primitives_on, by_a_thread_a_pool_and_a_scope) {
    pel::counting_semaphore<> units(1);
    pel::sync_wait(units.async_acquire());
    pel::async_scope scope(pool);
    for (int i = 0; i < 3; ++i) scope.spawn(units.async_acquire());
    pel::latch latch(1);
    pel::future<void> opened = pool.submit(latch.async_wait());
    EXPECT_FALSE(opened.is_ready());
    latch.count_down();
    opened.get();
    units.release(3);
    run(scope.join());
    EXPECT_FALSE(units.try_acquire());
}

task<bool> is_let_go_on(pel::event& event) { co_return co_await event.async_wait(co_await pel::get_stop_token()); }
task<> told_to_stop() {
    pel::event event;
    const auto won = co_await pel::when_any(is_let_go_on(event), number(1));
    EXPECT_EQ(won.index, 1U);
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = co_await pel::when_any(event.async_wait(stop.get_token()));
    EXPECT_FALSE(std::get<0>(stopped.value));
    event.set();
    auto [is_set, n] = co_await when_all(event.async_wait(std::stop_token()), number(1));
    EXPECT_TRUE(is_set);
}

/// Behind a writer, who unlocks after one of them has ended.
task<> reads(pel::shared_mutex& mutex, std::stop_token stop, bool is_let_in) {
    const std::shared_lock hold = co_await mutex.async_lock_shared(stop);
    EXPECT_EQ(hold.owns_lock(), is_let_in);
}
task<> readers_told_to_stop() {
    pel::shared_mutex mutex;
    std::stop_source stop;
    {
        const std::shared_lock hold = co_await mutex.async_lock_shared(stop.get_token());
        EXPECT_TRUE(hold.owns_lock());
        EXPECT_FALSE(mutex.try_lock());
    }
    mutex.lock();
    const auto stops = [&]() -> task<> {
        co_await pel::yield();
        stop.request_stop();
    };
    const auto unlocks = [&]() -> task<> {
        co_await pel::yield();
        mutex.unlock();
    };
    co_await when_all(reads(mutex, stop.get_token(), false), stops());
    co_await when_all(reads(mutex, std::stop_token(), true), unlocks(), reads(mutex, std::stop_token(), true));
    const std::shared_lock hold = co_await mutex.async_lock_shared(stop.get_token());
    EXPECT_TRUE(hold.owns_lock()) << "it was free";
}

TEST_P(awaited_primitives_on, a_reader_that_is_told_to_stop_has_no_lock) {
    for (int i = 0; i < 20; ++i) run(readers_told_to_stop());
}

TEST_P(awaited_primitives_on, a_race_stops_a_wait_that_has_its_token) { run(told_to_stop()); }

/// Awaits what was moved, with others that turn the flag up.
task<> in_a_condition(bool stoppable) {
    pel::mutex mutex;
    pel::condition_variable condition;
    bool is_up = false;
    const auto turns_up = [&]() -> task<> {
        co_await pel::yield();
        const std::unique_lock hold = co_await mutex.async_lock();
        is_up = true;
        condition.notify_all();
    };
    const auto waits = [&]() -> task<> {
        std::unique_lock lock = co_await mutex.async_lock();
        if (stoppable) {
            auto wait = condition.async_wait(lock, std::stop_token(), [&] { return is_up; });
            auto moved = std::move(wait);
            EXPECT_TRUE(co_await std::move(moved));
        } else {
            auto wait = condition.async_wait(lock, [&] { return is_up; });
            auto moved = std::move(wait);
            co_await std::move(moved);
        }
        EXPECT_TRUE(is_up);
        auto [n] = co_await when_all(number(1));
        EXPECT_EQ(n, 1);
    };
    co_await when_all(waits(), turns_up(), waits());
}

/// Once, by whoever holds the lock next, with nothing to be asked.
task<> notified_once() {
    pel::mutex mutex;
    pel::condition_variable condition;
    int notified = 0;
    bool is_waiting = false;
    const auto waits = [&]() -> task<> {
        std::unique_lock lock = co_await mutex.async_lock();
        is_waiting = true;
        co_await condition.async_wait(lock);
        EXPECT_TRUE(lock.owns_lock());
        EXPECT_FALSE(mutex.try_lock());
        ++notified;
    };
    const auto notifies = [&]() -> task<> {
        for (bool has_seen = false; !has_seen; co_await pel::yield()) {
            const std::unique_lock lock = co_await mutex.async_lock();
            has_seen = is_waiting;
        }
        EXPECT_EQ(notified, 0);
        condition.notify_one();
    };
    co_await when_all(waits(), notifies());
    EXPECT_EQ(notified, 1);
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
}

TEST_P(awaited_primitives_on, one_without_a_predicate_ends_when_notified) {
    for (int i = 0; i < 20; ++i) run(notified_once());
}

TEST_P(awaited_primitives_on, a_wait_for_a_condition_too) {
    for (int i = 0; i < 20; ++i) run(in_a_condition(i % 2 == 0));
}

} // namespace awaited_primitives_test
