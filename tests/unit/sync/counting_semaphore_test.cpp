// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/parallel_for.hpp>
#include <pel/sync/counting_semaphore.hpp>

#include "support/blocked.hpp"
#include "support/plain_coroutine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace counting_semaphore_test {

using namespace std::chrono_literals;
using pel_test::plain_coroutine;

static_assert(pel::binary_semaphore::max() == 1);
constinit pel::counting_semaphore<> constant(3);

class semaphore_in : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(semaphore_in);

TEST(counting_semaphore, has_as_many_units_as_were_put_in) {
    pel::counting_semaphore<> semaphore(2);
    EXPECT_TRUE(semaphore.try_acquire());
    semaphore.acquire();
    EXPECT_FALSE(semaphore.try_acquire());
    semaphore.release(3);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(semaphore.try_acquire());
    EXPECT_FALSE(semaphore.try_acquire());
}

TEST(counting_semaphore, gives_up_when_the_time_is_over_or_a_stop_is_requested) {
    const pel_test::watchdog guard;
    pel::binary_semaphore semaphore(0);
    std::stop_source stop;
    EXPECT_FALSE(semaphore.try_acquire_for(1ms));
    EXPECT_FALSE(semaphore.try_acquire_until(std::chrono::system_clock::now() + 1ms));
    std::thread blocked([&] { EXPECT_FALSE(semaphore.acquire(stop.get_token())); });
    stop.request_stop();
    blocked.join();
    EXPECT_FALSE(semaphore.acquire(stop.get_token()));
    semaphore.release();
    EXPECT_TRUE(semaphore.try_acquire_for(1h));
}

TEST(counting_semaphore, looks_once_when_the_time_is_over) {
    pel::binary_semaphore semaphore(0);
    EXPECT_TRUE(pel_test::keeps_its_seat([&] {
        EXPECT_FALSE(semaphore.try_acquire_for(-1s));
        EXPECT_FALSE(semaphore.try_acquire_until(std::chrono::steady_clock::time_point::min()));
    }));
    semaphore.release();
    EXPECT_TRUE(semaphore.try_acquire_for(0s));
    EXPECT_FALSE(semaphore.try_acquire_for(0s));
}

TEST(counting_semaphore, every_unit_is_taken_once) {
    const pel_test::watchdog guard;
    pel::counting_semaphore<> semaphore(0);
    const unsigned long units = pel_test::scaled(20'000);
    std::atomic<unsigned long> taken{0};
    pel_test::on_threads(4, [&](unsigned self) {
        if (self < 2) {
            for (unsigned long i = 0; i < units; ++i) semaphore.release();
        } else {
            for (unsigned long i = 0; i < units; ++i, ++taken) semaphore.acquire();
        }
    });
    EXPECT_EQ(taken, 2 * units);
    EXPECT_FALSE(semaphore.try_acquire());
}

TEST(counting_semaphore, who_has_got_the_unit_may_destroy_it) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(300); ++round) {
        auto semaphore = std::make_unique<pel::binary_semaphore>(0);
        std::thread releasing([object = semaphore.get()] { object->release(); });
        if (!semaphore->try_acquire_for(1us)) semaphore->acquire();
        semaphore.reset();
        releasing.join();
    }
}

plain_coroutine append_acquired(pel::counting_semaphore<>& semaphore, std::string& text, char name) {
    co_await semaphore.async_acquire();
    text += name;
}
plain_coroutine append_unless_stopped(pel::counting_semaphore<>& semaphore, std::stop_token stop, std::string& text) {
    text += co_await semaphore.async_acquire(stop) ? '+' : '-';
}

TEST(counting_semaphore, coroutines_are_served_in_their_order) {
    pel::counting_semaphore<> semaphore(1);
    std::stop_source stop;
    std::string text;
    append_acquired(semaphore, text, '0');
    append_acquired(semaphore, text, '1');
    append_unless_stopped(semaphore, stop.get_token(), text);
    append_unless_stopped(semaphore, {}, text);
    append_acquired(semaphore, text, '2');
    EXPECT_EQ(text, "0");
    stop.request_stop();
    EXPECT_EQ(text, "0-");
    semaphore.release(2);
    EXPECT_EQ(text, "0-1+");
    semaphore.release(2);
    EXPECT_EQ(text, "0-1+2");
    append_unless_stopped(semaphore, stop.get_token(), text);
    append_unless_stopped(semaphore, stop.get_token(), text);
    EXPECT_EQ(text, "0-1+2+-");
}

TEST_P(semaphore_in, limits_how_many_tasks_are_inside) {
    pel::counting_semaphore<> semaphore(2);
    std::atomic<int> inside{0};
    pel::parallel_for(pel::par.on(pool).grain(1), 0, 300, [&](int) {
        semaphore.acquire();
        EXPECT_LE(++inside, 2);
        --inside;
        semaphore.release();
    });
}

TEST_P(semaphore_in, tasks_that_are_blocked_leave_the_pool_to_others) {
    pel::counting_semaphore<> semaphore(0);
    const unsigned tasks = GetParam() + 1;
    std::atomic<unsigned> begun{0};
    std::atomic<unsigned> done{0};
    for (unsigned i = 0; i < tasks; ++i) {
        pool.post([&] {
            ++begun;
            semaphore.acquire();
            ++done;
        });
    }
    pel_test::await([&] { return begun == tasks; });
    std::atomic<bool> released{false};
    pool.post([&] {
        semaphore.release(static_cast<std::ptrdiff_t>(tasks));
        released = true;
    });
    pel_test::await([&] { return released && done == tasks; });
}

} // namespace counting_semaphore_test
