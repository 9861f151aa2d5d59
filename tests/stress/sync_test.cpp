// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// Threads, tasks and coroutines at once in every primitive, with deadlines and stop requests that race: nothing is lost.
#include <pel/sync/barrier.hpp>
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/latch.hpp>
#include <pel/sync/shared_mutex.hpp>

#include "support/blocked.hpp"
#include "support/plain_coroutine.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace sync_stress_test {

using pel_test::pool_coroutine;
using pel_test::scaled;

class sync_on : public testing::TestWithParam<unsigned> {
protected:
    pel::thread_pool pool{GetParam()};
    const unsigned seed = std::random_device{}();

    void SetUp() override { RecordProperty("seed", std::to_string(seed)); }

    /// Runs body(number) on two threads and as four tasks, until all have ended.
    template <class Body>
    void everywhere(const Body& body) {
        std::atomic<int> done{0};
        for (unsigned i = 2; i < 6; ++i) {
            pool.post([&, i] {
                body(i);
                ++done;
            });
        }
        pel_test::on_threads(2, body);
        pel_test::await([&] { return done == 4; });
    }

private:
    const pel_test::watchdog guard_{pool};
};
INSTANTIATE_TEST_SUITE_P(concurrency, sync_on, testing::Values(1U, 2U, 7U), testing::PrintToStringParamName());

/// Stops what waits for it, again and again, at any moment.
class stopper {
public:
    stopper() : thread_([this](const std::stop_token& end) { run(end); }) {}
    std::stop_token token() {
        const std::lock_guard hold(mutex_);
        return source_.get_token();
    }

private:
    void run(const std::stop_token& end) {
        while (!end.stop_requested()) {
            std::stop_source old;
            {
                const std::lock_guard hold(mutex_);
                std::swap(old, source_);
            }
            old.request_stop();
            std::this_thread::yield();
        }
    }
    std::mutex mutex_;
    std::stop_source source_;
    std::jthread thread_;
};

/// A moment that is about as long as a wake-up takes.
std::chrono::microseconds brief(std::minstd_rand& random) { return std::chrono::microseconds(random() % 100); }

namespace {

pool_coroutine count_locked(pel::thread_pool&, pel::mutex& mutex, unsigned long& sum, unsigned long rounds,
                            std::atomic<int>& running) {
    for (unsigned long i = 0; i < rounds; ++i) {
        const std::unique_lock hold = co_await mutex.async_lock();
        ++sum;
    }
    --running;
}

pool_coroutine pass_units(pel::thread_pool&, pel::counting_semaphore<>& units, std::stop_token stop,
                          std::atomic<int>& running) {
    for (int i = 0; i < 200; ++i) {
        if (i % 2 == 0) {
            co_await units.async_acquire();
        } else if (!co_await units.async_acquire(stop)) {
            continue;
        }
        units.release();
    }
    --running;
}

} // namespace

TEST_P(sync_on, stress_a_mutex_counts_right) {
    pel::mutex mutex;
    pel::timed_mutex timed;
    stopper stops;
    unsigned long sum = 0;
    unsigned long timed_sum = 0;
    std::atomic<unsigned long> expected{0};
    std::atomic<int> running{3};
    const unsigned long rounds = scaled(400);
    for (int i = 0; i < 3; ++i) pool.post([&] { count_locked(pool, mutex, sum, rounds, running); });
    everywhere([&](unsigned self) {
        std::minstd_rand random(seed + self);
        const std::stop_token stop = stops.token();
        for (unsigned long i = 0; i < rounds; ++i) {
            mutex.lock();
            ++sum;
            mutex.unlock();
            const bool got = i % 2 == 0 ? timed.try_lock_for(brief(random)) : timed.lock(stop);
            if (!got) continue;
            ++timed_sum;
            timed.unlock();
            ++expected;
        }
    });
    pel_test::await([&] { return running == 0; });
    EXPECT_EQ(sum, 9 * rounds);
    EXPECT_EQ(timed_sum, expected);
    EXPECT_TRUE(timed.try_lock());
}

TEST_P(sync_on, stress_a_semaphore_keeps_its_units) {
    pel::counting_semaphore<> units(2);
    stopper stops;
    std::atomic<int> running{2};
    for (int i = 0; i < 2; ++i) pool.post([&] { pass_units(pool, units, stops.token(), running); });
    everywhere([&](unsigned self) {
        std::minstd_rand random(seed + self);
        for (unsigned long i = 0; i < scaled(400); ++i) {
            switch (random() % 3) {
            case 0: units.acquire(); break;
            case 1:
                if (!units.try_acquire_for(brief(random))) continue;
                break;
            default:
                if (!units.acquire(stops.token())) continue;
            }
            units.release();
        }
    });
    pel_test::await([&] { return running == 0; });
    EXPECT_TRUE(units.try_acquire());
    EXPECT_TRUE(units.try_acquire());
    EXPECT_FALSE(units.try_acquire());
}

TEST_P(sync_on, stress_no_event_is_lost) {
    for (unsigned long round = 0; round < scaled(40); ++round) {
        pel::event go;
        pel::auto_reset_event baton;
        pel::latch ready(6);
        pel::latch over(6);
        std::thread starts([&] {
            ready.wait();
            go.set();
            baton.set();
        });
        everywhere([&](unsigned self) {
            std::minstd_rand random(seed + self);
            ready.count_down();
            while (!go.wait_for(brief(random))) {
            }
            while (!baton.wait_for(brief(random))) {
            }
            baton.set();
            over.arrive_and_wait();
        });
        starts.join();
        EXPECT_TRUE(baton.try_wait());
    }
}

TEST_P(sync_on, stress_a_barrier_holds_its_phases_apart) {
    int completions = 0;
    auto complete = [&]() noexcept { ++completions; };
    pel::barrier barrier(6, complete);
    std::vector<std::atomic<int>> reached(6);
    const int rounds = static_cast<int>(scaled(200));
    everywhere([&](unsigned self) {
        for (int round = 1; round <= rounds; ++round) {
            reached[self] = round;
            if (round % 3 == 0) {
                std::stop_source stop;
                auto arrived = barrier.arrive();
                stop.request_stop();
                if (!barrier.wait(std::move(arrived), stop.get_token())) barrier.wait(std::move(arrived));
                barrier.arrive_and_wait();
            } else {
                barrier.arrive_and_wait();
                barrier.arrive_and_wait();
            }
            for (const auto& each : reached) ASSERT_GE(each, round);
        }
    });
    EXPECT_EQ(completions, 2 * rounds);
}

TEST_P(sync_on, stress_a_shared_mutex_keeps_readers_and_writers_apart) {
    pel::shared_timed_mutex mutex;
    stopper stops;
    unsigned long value = 0;
    std::atomic<unsigned long> expected{0};
    everywhere([&](unsigned self) {
        std::minstd_rand random(seed + self);
        for (unsigned long i = 0; i < scaled(400); ++i) {
            if (random() % 4 == 0) {
                if (!mutex.try_lock_for(brief(random))) continue;
                ++value;
                mutex.unlock();
                ++expected;
            } else {
                std::shared_lock hold(mutex, std::defer_lock);
                if (mutex.lock_shared(stops.token())) hold = std::shared_lock(mutex, std::adopt_lock);
                if (!hold.owns_lock()) continue;
                EXPECT_LE(value, 6 * scaled(400));
            }
        }
    });
    EXPECT_EQ(value, expected);
    EXPECT_TRUE(mutex.try_lock());
}

TEST_P(sync_on, stress_a_condition_variable_forgets_nobody) {
    pel::mutex mutex;
    pel::condition_variable changed;
    stopper stops;
    unsigned turn = 0;
    const unsigned rounds = static_cast<unsigned>(scaled(200));
    everywhere([&](unsigned self) {
        std::minstd_rand random(seed + self);
        for (unsigned i = 0; i < rounds; ++i) {
            std::unique_lock lock(mutex);
            const auto is_mine = [&] { return turn % 6 == self; };
            while (!is_mine()) {
                switch (random() % 3) {
                case 0: changed.wait(lock, is_mine); break;
                case 1: (void)changed.wait_for(lock, brief(random), is_mine); break;
                default: (void)changed.wait(lock, stops.token(), is_mine);
                }
            }
            ++turn;
            changed.notify_all();
        }
    });
    EXPECT_EQ(turn, 6 * rounds);
}

} // namespace sync_stress_test
