// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/shared_mutex.hpp>

#include "support/blocked.hpp"
#include "support/own_process.hpp"
#include "support/plain_coroutine.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <fstream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include <unistd.h>

namespace condition_variable_test {

using namespace std::chrono_literals;
using pel_test::plain_coroutine;
using pel_test::pool_coroutine;

constinit pel::condition_variable constant;

/// How often a thread of this process has left its CPU because it had to wait.
long sleeps_of(long thread) {
    std::ifstream status("/proc/self/task/" + std::to_string(thread) + "/status");
    for (std::string name; status >> name;) {
        long sleeps = 0;
        if (name == "voluntary_ctxt_switches:" && status >> sleeps) return sleeps;
    }
    return 0;
}

class condition_variable_in : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(condition_variable_in);

template <class Mutex>
class with_mutex : public testing::Test {};
using mutexes = testing::Types<pel::mutex, std::mutex, pel::shared_mutex>;
TYPED_TEST_SUITE(with_mutex, mutexes);

TYPED_TEST(with_mutex, threads_hand_things_on) {
    const pel_test::watchdog guard;
    TypeParam mutex;
    pel::condition_variable changed;
    int turn = 0;
    const int rounds = static_cast<int>(pel_test::scaled(400));
    pel_test::on_threads(3, [&](unsigned self) {
        for (int i = 0; i < rounds; ++i) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return turn % 3 == static_cast<int>(self); });
            ++turn;
            changed.notify_all();
        }
    });
    EXPECT_EQ(turn, 3 * rounds);
}

TEST(condition_variable, a_wait_ends_when_the_time_is_over) {
    const pel_test::watchdog guard;
    pel::mutex mutex;
    pel::condition_variable changed;
    std::unique_lock lock(mutex);
    EXPECT_EQ(changed.wait_for(lock, 1ms), std::cv_status::timeout);
    EXPECT_EQ(changed.wait_until(lock, std::chrono::system_clock::now()), std::cv_status::timeout);
    EXPECT_FALSE(changed.wait_for(lock, 1ms, [] { return false; }));
    EXPECT_TRUE(changed.wait_for(lock, 1h, [] { return true; }));
    EXPECT_TRUE(lock.owns_lock());
    EXPECT_FALSE(mutex.try_lock());
}

TEST(condition_variable, a_wait_without_time_asks_again_and_keeps_its_seat) {
    constexpr std::chrono::steady_clock::time_point over = std::chrono::steady_clock::time_point::min();
    pel::mutex mutex;
    pel::condition_variable changed;
    EXPECT_TRUE(pel_test::keeps_its_seat([&] {
        std::unique_lock lock(mutex);
        int asked = 0;
        EXPECT_EQ(changed.wait_for(lock, 0s), std::cv_status::timeout);
        EXPECT_EQ(changed.wait_until(lock, over), std::cv_status::timeout);
        EXPECT_FALSE(changed.wait_for(lock, -1s, [&] { return ++asked == 3; }));
        EXPECT_TRUE(changed.wait_until(lock, over, [&] { return ++asked == 4; }));
        EXPECT_FALSE(changed.wait_until(lock, std::stop_token(), over, [] { return false; }));
        EXPECT_TRUE(lock.owns_lock());
        EXPECT_FALSE(mutex.try_lock());
    }));
}

TEST(condition_variable, a_wait_without_time_lets_others_have_the_lock) {
    const pel_test::watchdog guard;
    pel::mutex mutex;
    pel::condition_variable changed;
    bool is_set = false;
    std::unique_lock lock(mutex);
    std::thread setting([&] {
        const std::lock_guard hold(mutex);
        is_set = true;
    });
    while (!is_set) EXPECT_EQ(changed.wait_for(lock, 0s), std::cv_status::timeout);
    setting.join();
}

TEST(condition_variable, a_wait_ends_when_a_stop_is_requested) {
    const pel_test::watchdog guard;
    pel::mutex mutex;
    pel::condition_variable changed;
    std::stop_source stop;
    std::atomic<bool> begun{false};
    std::thread blocked([&] {
        std::unique_lock lock(mutex);
        begun = true;
        EXPECT_FALSE(changed.wait(lock, stop.get_token(), [] { return false; }));
        EXPECT_TRUE(lock.owns_lock());
    });
    pel_test::await([&] { return begun.load(); });
    stop.request_stop();
    blocked.join();
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait(lock, stop.get_token(), [] { return true; }));
    EXPECT_FALSE(changed.wait_for(lock, stop.get_token(), 1h, [] { return false; }));
    EXPECT_FALSE(changed.wait_for(lock, std::stop_token(), 1ms, [] { return false; }));
}

TEST(condition_variable, notify_one_wakes_as_many_as_it_is_called_for) {
    const pel_test::watchdog guard;
    pel::mutex mutex;
    pel::condition_variable changed;
    int tokens = 0;
    std::thread notifying([&] {
        for (int i = 0; i < 3; ++i) {
            {
                const std::lock_guard hold(mutex);
                ++tokens;
            }
            changed.notify_one();
        }
    });
    pel_test::on_threads(3, [&](unsigned) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return tokens > 0; });
        --tokens;
    });
    notifying.join();
    EXPECT_EQ(tokens, 0);
}

TEST(condition_variable, may_be_destroyed_as_soon_as_all_were_notified) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        auto changed = std::make_unique<pel::condition_variable>();
        pel::mutex mutex;
        bool is_over = false;
        std::atomic<int> inside{0};
        std::thread destroying([&] {
            pel_test::await([&] { return inside == 2; });
            const std::lock_guard hold(mutex);
            is_over = true;
            changed->notify_all();
            changed.reset();
        });
        pel_test::on_threads(2, [&](unsigned self) {
            std::unique_lock lock(mutex);
            ++inside;
            while (!is_over) {
                if (self == 0)
                    changed->wait(lock);
                else
                    (void)changed->wait_for(lock, 10us);
            }
        });
        destroying.join();
    }
}

TEST(condition_variable, that_is_destroyed_awaits_who_leaves_it_and_sleeps_meanwhile) {
    const pel_test::watchdog guard;
    auto changed = std::make_unique<pel::condition_variable>();
    pel::mutex mutex;
    std::stop_source stop;
    std::atomic<bool> is_inside{false};
    std::thread waiting([&] {
        std::unique_lock lock(mutex);
        is_inside = true;
        EXPECT_FALSE(changed->wait(lock, stop.get_token(), [] { return false; }));
    });
    pel_test::await([&] { return is_inside.load(); });
    std::thread stopping;
    {
        const std::lock_guard hold(mutex); // it is linked
        const long own = ::gettid(), before = sleeps_of(own);
        stopping = std::thread([&, own, before] {
            pel_test::await([&] { return sleeps_of(own) > before + 2; });
            stop.request_stop();
        });
        changed.reset();
    }
    stopping.join();
    waiting.join();
}

TEST(condition_variable, that_is_destroyed_in_a_fork_child_does_not_await_who_waits_in_the_parent) {
    const pel_test::watchdog guard;
    auto changed = std::make_unique<pel::condition_variable>();
    pel::mutex mutex;
    bool is_inside = false, is_over = false;
    std::thread waiting([&] {
        std::unique_lock lock(mutex);
        is_inside = true;
        changed->wait(lock, [&] { return is_over; });
    });
    pel_test::await([&] {
        const std::lock_guard hold(mutex);
        return is_inside; // and linked
    });
    EXPECT_EQ(pel_test::fork_and_run([&] { return changed.reset(), true; }), 0);
    {
        const std::lock_guard hold(mutex);
        is_over = true;
        changed->notify_all();
    }
    waiting.join();
}

TEST(condition_variable, what_unlocking_throws_comes_out) {
    struct {
        void lock() {}
        void unlock() { throw std::runtime_error("unlock"); }
    } lock;
    pel::condition_variable changed;
    EXPECT_THROW(changed.wait(lock), std::runtime_error);
}

struct channel {
    pel::mutex mutex;
    pel::condition_variable changed;
    std::deque<int> items;
    std::string text;
    std::atomic<int> sum{0};

    void put(int item) {
        {
            const std::lock_guard hold(mutex);
            items.push_back(item);
        }
        changed.notify_one();
    }
};

namespace { // a lambda in the frame has no linkage: nor may the frame have any

plain_coroutine take_one(channel& from) {
    std::unique_lock lock = co_await from.mutex.async_lock();
    co_await from.changed.async_wait(lock, [&] { return !from.items.empty(); });
    EXPECT_TRUE(lock.owns_lock());
    from.text += std::to_string(from.items.front());
    from.items.pop_front();
}
plain_coroutine take_unless_stopped(channel& from, std::stop_token stop) {
    std::unique_lock lock = co_await from.mutex.async_lock();
    from.text += co_await from.changed.async_wait(lock, stop, [&] { return !from.items.empty(); }) ? '+' : '-';
    EXPECT_FALSE(from.mutex.try_lock());
}

template <class Place>
plain_coroutine wait_until_stopped(Place& place, std::stop_token stop) {
    std::unique_lock lock(place.mutex);
    EXPECT_FALSE(co_await place.changed->async_wait(lock, stop, [] { return false; }));
    EXPECT_TRUE(lock.owns_lock());
    ++place.ended;
}

plain_coroutine wait_in_vain(channel& from, int& asked) {
    std::unique_lock lock = co_await from.mutex.async_lock();
    try {
        co_await from.changed.async_wait(lock, [&] {
            if (++asked == 2) throw std::runtime_error("predicate");
            return false;
        });
    } catch (const std::runtime_error& error) {
        from.text += error.what();
        EXPECT_TRUE(lock.owns_lock());
    }
}

plain_coroutine wait_for_value(channel& from, const int& value, unsigned long& asked) {
    std::unique_lock lock = co_await from.mutex.async_lock();
    co_await from.changed.async_wait(lock, [&] { return ++asked, value == 2; });
    ++from.sum;
}

pool_coroutine take_in(pel::thread_pool&, channel& from, int count) {
    for (int i = 0; i < count; ++i) {
        std::unique_lock lock = co_await from.mutex.async_lock();
        co_await from.changed.async_wait(lock, [&] { return !from.items.empty(); });
        from.sum += from.items.front();
        from.items.pop_front();
    }
}

} // namespace

TEST(condition_variable, coroutines_suspend_until_the_condition_holds) {
    channel one;
    std::stop_source stop;
    take_one(one);
    take_one(one);
    one.changed.notify_all(); // for nothing
    EXPECT_EQ(one.text, "");
    one.put(1);
    EXPECT_EQ(one.text, "1");
    one.put(2);
    EXPECT_EQ(one.text, "12");
    one.put(3);
    take_one(one);
    take_unless_stopped(one, stop.get_token());
    one.changed.notify_all();
    EXPECT_EQ(one.text, "123");
    stop.request_stop();
    EXPECT_EQ(one.text, "123-");
    take_unless_stopped(one, stop.get_token());
    EXPECT_EQ(one.text, "123--");
    one.put(4);
    take_unless_stopped(one, stop.get_token());
    EXPECT_EQ(one.text, "123--+");
    EXPECT_TRUE(one.mutex.try_lock());
}

TEST(condition_variable, may_be_destroyed_as_soon_as_coroutines_were_told_to_stop_be_it_after_they_were_notified) {
    for (const bool notifies : {false, true}) {
        struct {
            pel::mutex mutex;
            std::unique_ptr<pel::condition_variable> changed = std::make_unique<pel::condition_variable>();
            int ended = 0;
        } one;
        std::stop_source stop;
        wait_until_stopped(one, stop.get_token());
        {
            const std::lock_guard hold(one.mutex);
            if (notifies) one.changed->notify_all();
            stop.request_stop(); // it queues for the mutex now
            one.changed.reset();
            EXPECT_EQ(one.ended, 0);
        }
        EXPECT_EQ(one.ended, 1);
    }
}

TEST(condition_variable, what_a_coroutines_predicate_throws_reaches_it) {
    channel one;
    int asked = 0;
    wait_in_vain(one, asked);
    EXPECT_EQ(asked, 1);
    one.changed.notify_all();
    EXPECT_EQ(one.text, "predicate");
    EXPECT_TRUE(one.mutex.try_lock());
}

TEST(condition_variable, coroutines_that_ask_one_after_the_other_need_no_stack) {
    const pel_test::watchdog guard;
    channel one;
    int value = 0;
    unsigned long asked = 0;
    const unsigned long count = pel_test::scaled(200'000);
    for (unsigned long i = 0; i < count; ++i) wait_for_value(one, value, asked);
    EXPECT_EQ(asked, count);
    {
        const std::lock_guard hold(one.mutex);
        value = 1;
        one.changed.notify_all(); // they queue for the mutex
    }
    EXPECT_EQ(asked, 2 * count);
    {
        const std::lock_guard hold(one.mutex);
        value = 2;
    }
    one.changed.notify_all();
    EXPECT_EQ(asked, 3 * count);
    EXPECT_EQ(one.sum, static_cast<int>(count));
}

TEST_P(condition_variable_in, tasks_and_coroutines_take_what_tasks_put) {
    channel one;
    const int count = static_cast<int>(pel_test::scaled(200));
    std::atomic<int> done{0};
    for (int i = 0; i < 2; ++i) {
        pool.post([&] { take_in(pool, one, count); });
        pool.post([&] {
            for (int taken = 0; taken < count; ++taken) {
                std::unique_lock lock(one.mutex);
                one.changed.wait(lock, [&] { return !one.items.empty(); });
                one.sum += one.items.front();
                one.items.pop_front();
            }
            ++done;
        });
    }
    pool.post([&] {
        for (int i = 0; i < 4 * count; ++i) one.put(1);
        ++done;
    });
    pel_test::await([&] { return done == 3 && one.sum == 4 * count; });
    const std::lock_guard hold(one.mutex); // the last coroutine has unlocked
}

} // namespace condition_variable_test
