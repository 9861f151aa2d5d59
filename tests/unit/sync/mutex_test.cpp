// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/parallel_for.hpp>
#include <pel/sync/mutex.hpp>
#include <pel/task_group.hpp>
#include <pel/thread_pool.hpp>

#include "support/blocked.hpp"
#include "support/plain_coroutine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <mutex>
#include <ratio>
#include <stop_token>
#include <string>
#include <thread>

namespace mutex_test {

using namespace std::chrono_literals;
using pel_test::plain_coroutine;
using pel_test::pool_coroutine;

static_assert(sizeof(pel::mutex) == 16);
static_assert(!std::is_copy_constructible_v<pel::mutex>);
constinit pel::mutex constant;

class mutex_in : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(mutex_in);

template <class Mutex>
class every_mutex : public testing::Test {};
using mutexes = testing::Types<pel::mutex, pel::timed_mutex, pel::recursive_mutex, pel::recursive_timed_mutex>;
TYPED_TEST_SUITE(every_mutex, mutexes);

TYPED_TEST(every_mutex, is_held_by_one_thread_at_a_time) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    unsigned long sum = 0;
    pel_test::on_threads(3, [&](unsigned) {
        for (unsigned long i = 0; i < pel_test::scaled(20'000); ++i) {
            const std::lock_guard hold(mutex);
            ++sum;
        }
    });
    EXPECT_EQ(sum, 3 * pel_test::scaled(20'000));
}

TYPED_TEST(every_mutex, try_lock_says_whether_another_thread_holds_it) {
    TypeParam mutex;
    ASSERT_TRUE(mutex.try_lock());
    std::thread([&] { EXPECT_FALSE(mutex.try_lock()); }).join();
    mutex.unlock();
    std::thread([&] {
        EXPECT_TRUE(mutex.try_lock());
        mutex.unlock();
    }).join();
}

TYPED_TEST(every_mutex, a_stop_request_ends_a_lock_that_waits) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    std::stop_source stop;
    const std::lock_guard hold(mutex);
    std::thread blocked([&] { EXPECT_FALSE(mutex.lock(stop.get_token())); });
    stop.request_stop();
    blocked.join();
    std::thread([&] { EXPECT_FALSE(mutex.lock(stop.get_token())); }).join();
}

TYPED_TEST(every_mutex, works_with_the_locks_of_std) {
    TypeParam first;
    TypeParam second;
    const std::scoped_lock both(first, second);
    std::unique_lock<TypeParam> none(first, std::defer_lock);
    EXPECT_FALSE(none.owns_lock());
}

template <class Mutex>
class timed_mutexes : public testing::Test {};
using timed = testing::Types<pel::timed_mutex, pel::recursive_timed_mutex>;
TYPED_TEST_SUITE(timed_mutexes, timed);

TYPED_TEST(timed_mutexes, give_up_when_the_time_is_over) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    const std::lock_guard hold(mutex);
    std::thread([&] {
        EXPECT_FALSE(mutex.try_lock_for(1ms));
        EXPECT_FALSE(mutex.try_lock_for(-1h));
        EXPECT_FALSE(mutex.try_lock_until(std::chrono::steady_clock::now()));
        EXPECT_FALSE(mutex.try_lock_until(std::chrono::system_clock::now() + 1ms));
        EXPECT_FALSE(mutex.try_lock_until(std::chrono::steady_clock::time_point::min()));
    }).join();
}

template <class Mutex, class Length>
void expect_end_soon(Mutex& mutex, Length length) {
    std::thread([&] { EXPECT_FALSE(mutex.try_lock_for(length)); }).join();
}

TYPED_TEST(timed_mutexes, give_up_soon_however_small_the_unit_is) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    const std::lock_guard hold(mutex);
    expect_end_soon(mutex, std::chrono::duration<long long, std::pico>(5));
    expect_end_soon(mutex, std::chrono::duration<long long, std::femto>(5));
    expect_end_soon(mutex, std::chrono::duration<long long, std::ratio<1, 10'000'000'000>>(5));
    expect_end_soon(mutex, std::chrono::duration<float, std::atto>(5));
    expect_end_soon(mutex, std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()));
    expect_end_soon(mutex, std::chrono::duration<double>(-std::numeric_limits<double>::infinity()));
    expect_end_soon(mutex, std::chrono::hours::min());
}

TYPED_TEST(timed_mutexes, look_once_when_the_time_is_over) {
    TypeParam mutex;
    mutex.lock();
    EXPECT_TRUE(pel_test::keeps_its_seat([&] {
        EXPECT_FALSE(mutex.try_lock_for(0s));
        EXPECT_FALSE(mutex.try_lock_until(std::chrono::system_clock::time_point::min()));
    }));
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock_for(-1s));
    mutex.unlock();
}

template <class Clock, class Unit>
constexpr std::chrono::time_point<Clock, Unit> last = std::chrono::time_point<Clock, Unit>::max();

/// Threads try to lock a mutex that is held, each by a call of its own, and get it when it is free.
template <class Mutex, class... Try>
void expect_each_waits(Mutex& mutex, const Try&... try_to_lock) {
    std::unique_lock hold(mutex);
    std::atomic<std::size_t> begun{0}, got{0};
    const auto take = [&](const auto& try_it) {
        ++begun;
        EXPECT_TRUE(try_it());
        ++got;
        mutex.unlock();
    };
    std::thread threads[] = {std::thread([&] { take(try_to_lock); })...};
    pel_test::await([&] { return begun == sizeof...(Try); });
    for (int i = 0; i < 1'000; ++i) std::this_thread::yield();
    EXPECT_EQ(got, 0u);
    hold.unlock();
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(got, sizeof...(Try));
}

TYPED_TEST(timed_mutexes, wait_until_a_deadline_that_is_far) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    expect_each_waits(
        mutex, [&] { return mutex.try_lock_until(last<std::chrono::steady_clock, std::chrono::seconds>); },
        [&] { return mutex.try_lock_until(last<std::chrono::system_clock, std::chrono::hours>); },
        [&] { return mutex.try_lock_until(last<std::chrono::steady_clock, std::chrono::duration<double>>); });
}

TYPED_TEST(timed_mutexes, wait_as_long_as_it_takes) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    expect_each_waits(
        mutex, [&] { return mutex.try_lock_for(1h); }, [&] { return mutex.try_lock_for(std::chrono::hours::max()); },
        [&] { return mutex.try_lock_for(std::chrono::duration<double>(1e6)); });
}

// What would overflow is no constant.
template <class Rep, class Period, class Count>
constexpr auto as_nanoseconds(Count count) {
    return pel::detail::nanoseconds_up(std::chrono::duration<Rep, Period>(static_cast<Rep>(count)));
}
static_assert(as_nanoseconds<int, std::nano>(-3) == -3);
static_assert(as_nanoseconds<int, std::micro>(7) == 7'000);
static_assert(as_nanoseconds<long long, std::pico>(1) == 1);
static_assert(as_nanoseconds<long long, std::pico>(2'000) == 2);
static_assert(as_nanoseconds<long long, std::pico>(2'001) == 3);
static_assert(as_nanoseconds<long long, std::pico>(-1'999) == -1);
static_assert(as_nanoseconds<short, std::ratio<1, 3>>(2) == 666'666'667);
static_assert(as_nanoseconds<short, std::ratio<1, 3>>(-2) == -666'666'666);
static_assert(as_nanoseconds<double, std::ratio<1>>(1.5) == 1'500'000'000);
static_assert(as_nanoseconds<float, std::pico>(-1'500) == -1);
static_assert(as_nanoseconds<double, std::pico>(1'500) == 2);

constexpr auto most_nanoseconds = as_nanoseconds<double, std::ratio<1>>(std::numeric_limits<double>::infinity());
using longest_unit = std::ratio<std::numeric_limits<std::intmax_t>::max()>;
using shortest_unit = std::ratio<1, std::numeric_limits<std::intmax_t>::max()>;
static_assert(as_nanoseconds<long long, longest_unit>(std::numeric_limits<long long>::max()) == most_nanoseconds);
static_assert(as_nanoseconds<long long, longest_unit>(std::numeric_limits<long long>::min()) == -most_nanoseconds);
static_assert(as_nanoseconds<unsigned long long, longest_unit>(std::numeric_limits<unsigned long long>::max()) ==
              most_nanoseconds);
static_assert(as_nanoseconds<double, longest_unit>(std::numeric_limits<double>::max()) == most_nanoseconds);
static_assert(as_nanoseconds<long long, shortest_unit>(std::numeric_limits<long long>::max()) == 1'000'000'000);
static_assert(as_nanoseconds<long long, shortest_unit>(1) == 1);
static_assert(as_nanoseconds<long long, std::ratio<3600>>(std::numeric_limits<long long>::min()) ==
              as_nanoseconds<long long, std::nano>(std::numeric_limits<long long>::min()) * 3'600'000'000'000);

template <class TimePoint>
std::int64_t left_until(TimePoint end) {
    return pel::detail::limit_of(end).left();
}

TEST(time_limit, is_a_day_at_most_and_nothing_once_it_is_over) {
    using std::chrono::steady_clock;
    using std::chrono::system_clock;
    constexpr std::int64_t day = std::chrono::nanoseconds(24h).count();
    const auto deadline = []<class Clock, class Unit>(Clock, Unit) { return std::chrono::time_point<Clock, Unit>(); };
    const auto expect_both = [&](auto some) {
        EXPECT_EQ(left_until(some.max()), day);
        EXPECT_EQ(left_until(some.min()), 0);
    };
    expect_both(deadline(steady_clock(), 1ns));
    expect_both(deadline(steady_clock(), 1s));
    expect_both(deadline(system_clock(), 1h));
    expect_both(deadline(system_clock(), std::chrono::duration<double>()));
    expect_both(deadline(steady_clock(), std::chrono::duration<float, std::pico>()));
    expect_both(deadline(steady_clock(), std::chrono::duration<long long, longest_unit>()));
    EXPECT_EQ(left_until(std::chrono::hours::max()), day);
    EXPECT_EQ(left_until(std::chrono::duration<float, longest_unit>::max()), day);
    EXPECT_EQ(left_until(std::chrono::duration<unsigned, longest_unit>(1U)), day);
    EXPECT_LE(left_until(std::chrono::duration<long long, std::pico>(5)), 1);
    EXPECT_EQ(left_until(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())), 0);
    EXPECT_EQ(left_until(std::chrono::duration<double>(std::numeric_limits<double>::infinity())), day);
    EXPECT_EQ(left_until(steady_clock::now()), 0);
    EXPECT_GT(left_until(system_clock::now() + 1h), 0);
    EXPECT_LE(left_until(system_clock::now() + 1h), std::chrono::nanoseconds(1h).count());
}

TEST(recursive_mutex, is_free_when_it_was_unlocked_as_often_as_locked) {
    pel::recursive_timed_mutex mutex;
    mutex.lock();
    EXPECT_TRUE(mutex.try_lock());
    EXPECT_TRUE(mutex.try_lock_for(1h));
    EXPECT_TRUE(mutex.lock(std::stop_token()));
    const auto is_free = [&] {
        bool free = false;
        std::thread([&] {
            free = mutex.try_lock();
            if (free) mutex.unlock();
        }).join();
        return free;
    };
    for (int left = 4; left > 0; --left) {
        EXPECT_FALSE(is_free());
        mutex.unlock();
    }
    EXPECT_TRUE(is_free());
}

TEST_P(mutex_in, tasks_take_turns) {
    pel::mutex mutex;
    int sum = 0;
    pel::parallel_for(pel::par.on(pool).grain(1), 0, 2'000, [&](int) {
        const std::lock_guard hold(mutex);
        ++sum;
    });
    EXPECT_EQ(sum, 2'000);
}

TEST_P(mutex_in, tasks_that_are_blocked_leave_the_pool_to_others) {
    pel::mutex mutex;
    std::atomic<unsigned> begun{0};
    std::atomic<unsigned> done{0};
    {
        const std::lock_guard hold(mutex);
        for (unsigned i = 0; i < GetParam() + 1; ++i) {
            pool.post([&] {
                ++begun;
                std::unique_lock inner(mutex);
                inner.unlock();
                ++done;
            });
        }
        pel_test::await([&] { return begun == GetParam() + 1; }); // so one has left its seat
        pel_test::expect_other_work_runs(pool);
        EXPECT_EQ(done, 0);
    }
    pel_test::await([&] { return done == GetParam() + 1; });
}

TEST_P(mutex_in, a_holder_may_wait_for_tasks_that_come_later) {
    pel::mutex mutex;
    std::atomic<bool> is_held{false};
    std::atomic<unsigned> begun{0};
    std::atomic<unsigned> done{0};
    pel::task_group group(pool);
    group.run([&] {
        const std::lock_guard hold(mutex);
        is_held = true;
        pel::blocking([&] { pel_test::await([&] { return begun == GetParam() + 1; }); });
    });
    for (unsigned i = 0; i < GetParam() + 1; ++i) {
        pool.post([&] {
            ++begun;
            if (is_held) const std::lock_guard hold(mutex);
            ++done;
        });
    }
    (void)group.wait();
    pel_test::await([&] { return done == GetParam() + 1; });
}

TEST_P(mutex_in, a_lock_that_is_passed_around_reaches_who_waits) {
    pel::mutex mutex;
    std::atomic<bool> is_over{false};
    std::atomic<unsigned> begun{0};
    for (unsigned i = 0; i < GetParam(); ++i) {
        pool.post([&] {
            ++begun;
            while (!is_over) const std::lock_guard hold(mutex);
            --begun;
        });
    }
    pel_test::await([&] { return begun == GetParam(); });
    for (int i = 0; i < 20; ++i) {
        const std::lock_guard hold(mutex);
        std::this_thread::yield();
    }
    is_over = true;
    pel_test::await([&] { return begun == 0; });
}

TEST(mutex, the_last_user_may_destroy_it) {
    const pel_test::watchdog guard;
    struct shared {
        pel::mutex mutex;
        int users = 3;
    };
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        auto* const object = new shared;
        pel_test::on_threads(3, [object](unsigned) {
            object->mutex.lock();
            const bool is_last = --object->users == 0;
            object->mutex.unlock();
            if (is_last) delete object;
        });
    }
}

TEST(mutex, a_lock_and_a_stop_request_race) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        auto mutex = std::make_unique<pel::mutex>();
        std::stop_source stop;
        mutex->lock();
        std::thread blocked([&] {
            if (mutex->lock(stop.get_token())) mutex->unlock();
        });
        std::thread stopping([&] { stop.request_stop(); });
        mutex->unlock();
        blocked.join();
        EXPECT_TRUE(mutex->try_lock());
        mutex->unlock();
        mutex.reset();
        stopping.join();
    }
}

plain_coroutine append_locked(pel::mutex& mutex, std::string& text, char name) {
    const std::unique_lock hold = co_await mutex.async_lock();
    EXPECT_TRUE(hold.owns_lock());
    text += name;
}

TEST(mutex, coroutines_have_it_handed_over_in_their_order) {
    pel::mutex mutex;
    std::string text;
    append_locked(mutex, text, '0');
    EXPECT_EQ(text, "0");
    mutex.lock();
    for (const char name : {'1', '2', '3'}) append_locked(mutex, text, name);
    EXPECT_EQ(text, "0");
    mutex.unlock();
    EXPECT_EQ(text, "0123");
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
}

plain_coroutine note_whether_locked(pel::mutex& mutex, std::stop_token stop, int& result) {
    const std::unique_lock hold = co_await mutex.async_lock(stop);
    result = hold.owns_lock() ? 1 : 0;
}

TEST(mutex, a_stop_request_resumes_a_coroutine_without_the_lock) {
    pel::mutex mutex;
    std::stop_source stop;
    int first = -1;
    int second = -1;
    int third = -1;
    mutex.lock();
    note_whether_locked(mutex, stop.get_token(), first);
    note_whether_locked(mutex, {}, second);
    EXPECT_EQ(first, -1);
    stop.request_stop();
    EXPECT_EQ(first, 0);
    note_whether_locked(mutex, stop.get_token(), third);
    EXPECT_EQ(third, 0);
    EXPECT_EQ(second, -1);
    mutex.unlock();
    EXPECT_EQ(second, 1);
    note_whether_locked(mutex, stop.get_token(), third);
    EXPECT_EQ(third, 1); // it was free
}

pool_coroutine add_in(pel::thread_pool&, pel::mutex& mutex, int& sum, std::atomic<int>& done, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        const std::unique_lock hold = co_await mutex.async_lock();
        ++sum;
    }
    ++done;
}

TEST_P(mutex_in, coroutines_and_tasks_and_threads_take_turns) {
    pel::mutex mutex;
    int sum = 0;
    std::atomic<int> done{0};
    const int rounds = static_cast<int>(pel_test::scaled(500));
    const auto add = [&] {
        for (int i = 0; i < rounds; ++i) {
            const std::lock_guard hold(mutex);
            ++sum;
        }
        ++done;
    };
    for (int i = 0; i < 3; ++i) {
        pool.post([&] { add_in(pool, mutex, sum, done, rounds); });
        pool.post(add);
    }
    add();
    pel_test::await([&] { return done == 7; });
    EXPECT_EQ(sum, 7 * rounds);
}

} // namespace mutex_test
