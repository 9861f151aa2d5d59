// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: coroutines
// Coroutines in every primitive and in scopes, cancelled and resumed at any moment: nothing is lost, and all ends.
#include <pel/coro/async_scope.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>
#include <pel/sync/barrier.hpp>
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/latch.hpp>
#include <pel/sync/shared_mutex.hpp>

#include "support/gate.hpp"
#include "support/with_coroutines.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace awaited_primitives_stress_test {

using pel::async_scope;
using pel::task;
using pel_test::live_object;
using pel_test::scaled;

class awaited_primitives_under_stress : public pel_test::with_coroutines {
protected:
    const unsigned seed = std::random_device{}();
    std::minstd_rand random{seed};

    void SetUp() override { RecordProperty("seed", std::to_string(seed)); }
};
PEL_ON_ALL_SHAPES(awaited_primitives_under_stress);

/// What coroutines share, and what they are to find.
struct things {
    pel::mutex mutex;
    pel::shared_mutex shared;
    pel::counting_semaphore<> units{2};
    pel::condition_variable condition; // of mutex: an item is there
    pel::auto_reset_event turn{true};
    unsigned long under_mutex = 0, under_shared = 0; // plain: changed with the lock held
    long items = 0;
    std::atomic<unsigned long> locked{0}, locked_alone{0};
    std::atomic<long> put{0}, taken{0};
    std::atomic<int> readers{0}, holders{0}, wrong{0};

    void expect_all_free() {
        EXPECT_EQ(under_mutex, locked);
        EXPECT_EQ(under_shared, locked_alone);
        EXPECT_EQ(items, put - taken);
        EXPECT_EQ(wrong, 0);
        EXPECT_TRUE(mutex.try_lock());
        EXPECT_TRUE(shared.try_lock());
        EXPECT_TRUE(units.try_acquire() && units.try_acquire());
        EXPECT_FALSE(units.try_acquire());
        EXPECT_TRUE(turn.try_wait());
        mutex.unlock();
        shared.unlock();
    }
};

task<> locks(things& in, std::stop_token stop) {
    const auto hold = co_await in.mutex.async_lock(stop);
    if (!hold) co_return;
    ++in.under_mutex;
    ++in.locked;
    co_await pel::yield();
}
task<> locks_alone(things& in, std::stop_token stop) {
    const auto hold = co_await in.shared.async_lock(stop);
    if (!hold) co_return;
    if (in.readers != 0) ++in.wrong;
    ++in.under_shared;
    ++in.locked_alone;
    co_await pel::yield();
    if (in.readers != 0) ++in.wrong;
}
task<> reads(things& in, std::stop_token stop) {
    const auto hold = co_await in.shared.async_lock_shared(stop);
    if (!hold) co_return;
    ++in.readers;
    co_await pel::yield();
    --in.readers;
}
task<> takes_a_unit(things& in, std::stop_token stop) {
    const bool has_unit = co_await in.units.async_acquire(stop);
    if (!has_unit) co_return;
    if (++in.holders > 2) ++in.wrong;
    co_await pel::yield();
    --in.holders;
    in.units.release();
}
task<> takes_an_item(things& in, std::stop_token stop) {
    std::unique_lock lock = co_await in.mutex.async_lock();
    const bool has_item = co_await in.condition.async_wait(lock, stop, [&] { return in.items > 0; });
    if (!has_item) co_return;
    --in.items;
    ++in.taken;
}
task<> puts_an_item(things& in, bool unlocks_first) {
    std::unique_lock lock = co_await in.mutex.async_lock();
    ++in.items;
    ++in.put;
    if (unlocks_first) lock.unlock();
    in.condition.notify_one();
}
task<> takes_its_turn(things& in, std::stop_token stop) {
    const bool has_turn = co_await in.turn.async_wait(stop);
    if (!has_turn) co_return;
    co_await pel::yield();
    in.turn.set();
}
/// Those meet that run by no token: nobody else would come.
task<> meet_twice(pel::barrier<>& meeting, pel::latch& last, std::atomic<int>& wrong) {
    co_await pel::yield();
    for (int i = 0; i < 2; ++i) co_await meeting.async_arrive_and_wait();
    last.count_down();
    co_await last;
    if (!last.try_wait()) ++wrong;
}
task<> meet(things& in) {
    pel::barrier<> meeting(3);
    pel::latch last(3);
    co_await pel::when_all(meet_twice(meeting, last, in.wrong), meet_twice(meeting, last, in.wrong),
                           meet_twice(meeting, last, in.wrong));
}
/// What waits without a predicate is notified, once it waits.
task<> is_notified(pel::mutex& mutex, pel::condition_variable& condition, bool& waits) {
    std::unique_lock lock = co_await mutex.async_lock();
    waits = true;
    co_await condition.async_wait(lock);
    waits = false;
}
task<> notifies(pel::mutex& mutex, pel::condition_variable& condition, const bool& waits) {
    for (;;) {
        {
            const std::unique_lock lock = co_await mutex.async_lock();
            if (waits) break;
        }
        co_await pel::yield();
    }
    condition.notify_one();
}
task<> notify_each_other() {
    pel::mutex mutex;
    pel::condition_variable condition;
    bool waits = false;
    co_await pel::when_all(is_notified(mutex, condition, waits), notifies(mutex, condition, waits));
}

task<> use(things& in, unsigned seed, int depth) {
    const live_object local;
    std::minstd_rand random(seed + 1);
    const std::stop_token stop = co_await pel::get_stop_token();
    for (int step = 0; step < 8; ++step) {
        switch (random() % (depth > 0 ? 12 : 9)) {
        case 0: co_await locks(in, stop); break;
        case 1: co_await locks_alone(in, stop); break;
        case 2: co_await reads(in, stop); break;
        case 3: co_await takes_a_unit(in, stop); break;
        case 4: co_await takes_an_item(in, stop); break;
        case 5: co_await puts_an_item(in, random() % 2 == 0); break;
        case 6: co_await takes_its_turn(in, stop); break;
        case 7: co_await meet(in); break;
        case 8: co_await notify_each_other(); break;
        case 9:
            co_await pel::when_all(use(in, static_cast<unsigned>(random()), depth - 1),
                                   use(in, static_cast<unsigned>(random()), depth - 1));
            break;
        case 10:
            co_await pel::when_any(use(in, static_cast<unsigned>(random()), depth - 1),
                                   use(in, static_cast<unsigned>(random()), depth - 1));
            break;
        default: {
            async_scope scope;
            for (int i = 0; i < 3; ++i) scope.spawn(use(in, static_cast<unsigned>(random()), depth - 1));
            scope.cancel();
            co_await scope.join();
        }
        }
    }
}
task<> join(async_scope& scope) { co_await scope.join(); }

TEST_P(awaited_primitives_under_stress, stress_cancellation_loses_nothing) {
    for (unsigned long round = 0; round < scaled(100); ++round) {
        things all;
        async_scope scope(pool);
        for (int i = 0; i < 10; ++i) scope.spawn(use(all, static_cast<unsigned>(random()), 2));
        for (unsigned long pause = random() % 64; pause != 0; --pause) std::this_thread::yield();
        scope.cancel();
        run(join(scope));
        all.expect_all_free();
    }
}

task<> passes(pel_test::gate& at, std::atomic<int>& runs) {
    const live_object local;
    co_await at;
    ++runs;
}

TEST_P(awaited_primitives_under_stress, stress_scopes_are_joined_while_their_coroutines_are_resumed) {
    for (unsigned long round = 0; round < scaled(2000); ++round) {
        pel_test::gate at;
        std::atomic<int> runs{0};
        async_scope scope(pool);
        for (int i = 0; i < 4; ++i) scope.spawn(passes(at, runs));
        pel_test::await([&] { return at.waiting() == 4; });
        std::atomic<bool> is_ready{false};
        std::thread other([&] {
            is_ready = true;
            at.open();
        });
        pel_test::await([&] { return is_ready.load(); });
        run(join(scope));
        EXPECT_EQ(runs, 4);
        other.join();
    }
}

/// Counts itself and what it spawns.
task<> spawns(async_scope& scope, std::atomic<unsigned long>& runs, unsigned seed, int depth) {
    const live_object local;
    ++runs;
    if (seed % 2 == 0) co_await pel::yield();
    for (int i = 0; depth > 0 && i < 2; ++i) scope.spawn(spawns(scope, runs, seed / 2, depth - 1));
    if (seed % 8 == 0) {
        async_scope inner;
        inner.spawn(spawns(inner, runs, seed / 2, 0));
        co_await inner.join();
        --runs;
    }
}

TEST_P(awaited_primitives_under_stress, stress_scopes_are_spawned_into_from_everywhere_cancelled_and_used_again) {
    async_scope scope(pool);
    for (unsigned long round = 0; round < scaled(200); ++round) {
        const bool is_cancelled = round % 2 != 0;
        std::atomic<unsigned long> runs{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&, number = static_cast<unsigned>(random())] {
                for (unsigned i = 0; i < 8; ++i) scope.spawn(spawns(scope, runs, number + i, 3));
            });
        }
        if (is_cancelled) {
            for (unsigned long pause = random() % 64; pause != 0; --pause) std::this_thread::yield();
            scope.cancel();
        }
        for (std::thread& each : threads) each.join();
        try {
            run(join(scope));
        } catch (const pel::operation_cancelled&) {
            EXPECT_TRUE(is_cancelled) << "of an inner one";
        }
        if (is_cancelled)
            EXPECT_LE(runs, 2 * 8 * 15U + 2 * 8 * 15U);
        else
            EXPECT_EQ(runs, 2 * 8 * 15U);
        EXPECT_EQ(live_object::count, 0);
        EXPECT_FALSE(scope.is_cancelled());
    }
}

} // namespace awaited_primitives_stress_test
