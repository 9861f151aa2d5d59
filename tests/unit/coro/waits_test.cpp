// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thread that waits for coroutines runs what goes on in them, whatever it is part of, as no other thread may be free to.
// test label: coroutines
#include <pel/coro/async_scope.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>

namespace waits_test {

using pel::async_scope;
using pel::sync_wait;
using pel::task;
using pel::thread_pool;
using pel_test::gate;
using pel_test::live_object;

task<> passes(gate& at) {
    const live_object local;
    co_await at;
    co_await at;
}
task<> joins(gate& at, thread_pool& pool) {
    async_scope scope(pool);
    scope.spawn(passes(at));
    co_await scope.join();
}
task<> join(async_scope& scope) { co_await scope.join(); }
task<> races(gate& at) { co_await pel::when_any(passes(at)); }
task<> joins_one_that_joins(gate& at, thread_pool& pool) {
    async_scope scope(pool);
    scope.spawn(joins(at, pool));
    co_await scope.join();
}
/// A race around a scope, and one in it.
task<> races_and_joins(gate& at) {
    co_await pel::when_any([](gate& to) -> task<> {
        async_scope scope;
        scope.spawn(races(to));
        co_await scope.join();
    }(at));
}

struct wait_of {
    const char* name;
    void (*wait)(thread_pool& pool, gate& at);
};
const wait_of waits[] = {
    {"sync_wait", [](thread_pool&, gate& at) { sync_wait(passes(at)); }},
    {"together", [](thread_pool&, gate& at) { sync_wait(pel::when_all(passes(at))); }},
    {"end_of_a_scope",
     [](thread_pool& pool, gate& at) {
         async_scope scope(pool);
         scope.spawn(passes(at));
     }},
    {"join", [](thread_pool& pool, gate& at) { sync_wait(joins(at, pool)); }},
    {"join_of_a_scope_around",
     [](thread_pool& pool, gate& at) {
         async_scope scope(pool);
         scope.spawn(passes(at));
         sync_wait(join(scope));
     }},
    {"join_of_one_that_joins", [](thread_pool& pool, gate& at) { sync_wait(joins_one_that_joins(at, pool)); }},
    {"race", [](thread_pool&, gate& at) { sync_wait(races(at)); }},
    {"race_around_a_scope", [](thread_pool&, gate& at) { sync_wait(races_and_joins(at)); }},
    {"race_in_a_scope",
     [](thread_pool& pool, gate& at) {
         async_scope scope(pool);
         scope.spawn(races_and_joins(at));
     }},
    {"future", [](thread_pool& pool, gate& at) { pool.submit(passes(at)).get(); }},
    {"future_of_one_that_joins", [](thread_pool& pool, gate& at) { pool.submit(joins(at, pool)).wait(); }},
    {"future_of_a_race", [](thread_pool& pool, gate& at) { pool.submit(races_and_joins(at)).get(); }},
};

class waits_for : public testing::TestWithParam<wait_of> {
protected:
    static pel::thread_pool_options options_of(unsigned threads) {
        pel::thread_pool_options options;
        options.concurrency = options.max_threads = threads;
        return options;
    }
    ~waits_for() override { EXPECT_EQ(live_object::count, 0); }

    /// A thread of the pool waits; this thread, of no pool, lets the coroutine go on whenever that one sleeps.
    static void wait_and_resume(thread_pool& pool) {
        gate at;
        std::atomic<bool> is_over{false};
        std::uint64_t parks = pool.stats().parks; // of who waits alone: all others are busy
        pool.post([&] {
            GetParam().wait(pool, at);
            is_over = true;
        });
        for (int times = 0; times < 2; ++times) {
            pel_test::await([&] { return at.waiting() == 1 && pool.stats().parks > parks; });
            parks = pool.stats().parks;
            at.open();
        }
        pel_test::await([&] { return is_over.load(); });
        EXPECT_EQ(pool.stats().unsafe_waits, 0U);
    }
};
INSTANTIATE_TEST_SUITE_P(, waits_for, testing::ValuesIn(waits), [](const auto& each) { return each.param.name; });

TEST_P(waits_for, the_only_thread_runs_what_goes_on) {
    thread_pool pool(options_of(1));
    const pel_test::watchdog guard(pool);
    wait_and_resume(pool);
}

TEST_P(waits_for, so_does_one_while_all_others_are_busy) {
    std::atomic<bool> is_busy{false}, is_over{false};
    thread_pool pool(options_of(2));
    const pel_test::watchdog guard(pool);
    pool.post([&] {
        is_busy = true;
        pel_test::await([&] { return is_over.load(); });
    });
    pel_test::await([&] { return is_busy.load(); });
    wait_and_resume(pool);
    is_over = true;
}

} // namespace waits_test
