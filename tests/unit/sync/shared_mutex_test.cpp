// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/parallel_for.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/shared_mutex.hpp>

#include "support/blocked.hpp"
#include "support/plain_coroutine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace shared_mutex_test {

using namespace std::chrono_literals;
using pel_test::plain_coroutine;

constinit pel::shared_mutex constant;

class shared_mutex_in : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(shared_mutex_in);

TEST(shared_mutex, many_read_or_one_writes) {
    pel::shared_mutex mutex;
    ASSERT_TRUE(mutex.try_lock_shared());
    ASSERT_TRUE(mutex.try_lock_shared());
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock_shared();
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock_shared();
    ASSERT_TRUE(mutex.try_lock());
    EXPECT_FALSE(mutex.try_lock());
    EXPECT_FALSE(mutex.try_lock_shared());
    mutex.unlock();
    mutex.lock_shared();
    mutex.unlock_shared();
}

TEST(shared_mutex, gives_up_when_the_time_is_over_or_a_stop_is_requested) {
    const pel_test::watchdog guard;
    pel::shared_timed_mutex mutex;
    std::stop_source stop;
    stop.request_stop();
    {
        const std::shared_lock hold(mutex);
        EXPECT_FALSE(mutex.try_lock_for(1ms));
        EXPECT_FALSE(mutex.lock(stop.get_token()));
        EXPECT_TRUE(mutex.try_lock_shared_for(1h)); // the writer has given up
        mutex.unlock_shared();
    }
    const std::lock_guard hold(mutex);
    EXPECT_FALSE(mutex.try_lock_shared_for(1ms));
    EXPECT_FALSE(mutex.try_lock_shared_until(std::chrono::system_clock::now() + 1ms));
    EXPECT_FALSE(mutex.try_lock_until(std::chrono::steady_clock::now()));
    EXPECT_FALSE(mutex.lock_shared(stop.get_token()));
}

TEST(shared_mutex, looks_once_when_the_time_is_over) {
    constexpr std::chrono::steady_clock::time_point over = std::chrono::steady_clock::time_point::min();
    pel::shared_timed_mutex mutex;
    mutex.lock();
    EXPECT_TRUE(pel_test::keeps_its_seat([&] {
        EXPECT_FALSE(mutex.try_lock_for(0s));
        EXPECT_FALSE(mutex.try_lock_until(over));
        EXPECT_FALSE(mutex.try_lock_shared_for(0s));
        EXPECT_FALSE(mutex.try_lock_shared_until(over));
    }));
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock_shared_for(-1s));
    EXPECT_FALSE(mutex.try_lock_until(over));
    mutex.unlock_shared();
    EXPECT_TRUE(mutex.try_lock_for(-1s));
}

TEST(shared_mutex, readers_see_what_writers_wrote_and_nothing_half_done) {
    const pel_test::watchdog guard;
    pel::shared_mutex mutex;
    unsigned long one = 0;
    unsigned long other = 0;
    const unsigned long rounds = pel_test::scaled(5'000);
    pel_test::on_threads(4, [&](unsigned self) {
        for (unsigned long i = 0; i < rounds; ++i) {
            if ((i + self) % 4 == 0) {
                const std::lock_guard hold(mutex);
                ++one;
                ++other;
            } else {
                const std::shared_lock hold(mutex);
                ASSERT_EQ(one, other);
            }
        }
    });
    EXPECT_EQ(one, rounds);
}

TEST(shared_mutex, readers_who_keep_coming_let_a_writer_in) {
    const pel_test::watchdog guard;
    pel::shared_mutex mutex;
    std::atomic<bool> is_over{false};
    std::atomic<int> readers{0};
    std::thread writer([&] {
        pel_test::await([&] { return readers == 2; });
        for (int i = 0; i < 50; ++i) const std::lock_guard hold(mutex);
        is_over = true;
    });
    pel_test::on_threads(2, [&](unsigned) {
        std::shared_lock hold(mutex);
        ++readers;
        while (!is_over) {
            std::shared_lock next(mutex, std::defer_lock);
            if (!next.try_lock()) hold.unlock(); // somebody waits
            if (!next.owns_lock()) next.lock();
            hold = std::move(next);
        }
    });
    writer.join();
}

plain_coroutine append_reading(pel::shared_mutex& mutex, std::string& text, pel::shared_mutex& until) {
    const std::shared_lock hold = co_await mutex.async_lock_shared();
    text += 'r';
    const std::unique_lock wait = co_await until.async_lock();
}
plain_coroutine append_writing(pel::shared_mutex& mutex, std::stop_token stop, std::string& text) {
    const std::unique_lock hold = co_await mutex.async_lock(stop);
    text += hold.owns_lock() ? 'w' : '-';
}

TEST(shared_mutex, coroutines_enter_in_their_order) {
    pel::shared_mutex mutex;
    pel::shared_mutex until;
    std::string text;
    std::stop_source stop;
    until.lock();
    append_reading(mutex, text, until);
    append_writing(mutex, stop.get_token(), text);
    append_reading(mutex, text, until);
    append_reading(mutex, text, until);
    EXPECT_EQ(text, "r");
    stop.request_stop(); // the readers behind it go on
    EXPECT_EQ(text, "rrr-");
    append_writing(mutex, {}, text);
    EXPECT_EQ(text, "rrr-");
    until.unlock();
    EXPECT_EQ(text, "rrr-w");
    EXPECT_TRUE(mutex.try_lock());
}

namespace {

plain_coroutine read_until_met(pel::shared_mutex& mutex, pel::event& met, bool& has_met) {
    const std::shared_lock reads = co_await mutex.async_lock_shared();
    has_met = met.wait_for(10s);
}

} // namespace

TEST(shared_mutex, a_coroutine_that_runs_in_unlock_may_wait_for_a_thread_that_came_later) {
    const pel_test::watchdog guard;
    pel::shared_mutex mutex;
    pel::event met;
    bool has_met = false;
    mutex.lock();
    read_until_met(mutex, met, has_met);
    std::thread reading([&] {
        mutex.lock_shared();
        met.set();
        mutex.unlock_shared();
    });
    std::this_thread::sleep_for(20ms); // else it may come when the mutex is free
    mutex.unlock();
    EXPECT_TRUE(has_met);
    reading.join();
}

TEST_P(shared_mutex_in, tasks_read_and_write) {
    pel::shared_mutex mutex;
    int sum = 0;
    pel::parallel_for(pel::par.on(pool).grain(1), 0, 1'000, [&](int i) {
        if (i % 8 == 0) {
            const std::lock_guard hold(mutex);
            ++sum;
        } else {
            const std::shared_lock hold(mutex);
            EXPECT_LE(sum, 125);
        }
    });
    EXPECT_EQ(sum, 125);
}

} // namespace shared_mutex_test
