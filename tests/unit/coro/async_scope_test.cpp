// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: coroutines
#include <pel/coro/async_scope.hpp>
#include <pel/coro/await_future.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>

#include "support/error_of.hpp"
#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/watchdog.hpp"
#include "support/with_coroutines.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace async_scope_test {

using pel::async_scope;
using pel::sync_wait;
using pel::task;
using pel_test::live_object;

task<> count(std::atomic<int>& runs, bool yields = false) {
    const live_object local;
    if (yields) co_await pel::yield();
    ++runs;
}
task<int> with_result(std::atomic<int>& runs) { co_return ++runs; }
task<> throws(int n) {
    co_await pel::yield();
    throw std::runtime_error("number " + std::to_string(n));
}
task<> until_stopped(std::atomic<int>& told) {
    const live_object local;
    const std::stop_token token = co_await pel::get_stop_token();
    while (!token.stop_requested()) co_await pel::yield();
    ++told;
}
task<> join(async_scope& scope) { co_await scope.join(); }

class async_scope_on : public pel_test::with_coroutines {};
PEL_ON_ALL_SHAPES(async_scope_on);

task<> spawns_and_joins(std::atomic<int>& runs) {
    async_scope scope;
    co_await scope.join(); // of none
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 100; ++i) scope.spawn(count(runs, i % 2 == 0));
        scope.spawn(with_result(runs));
        co_await scope.join();
        EXPECT_EQ(runs, 101 * round);
    }
}

TEST_P(async_scope_on, join_waits_for_all_and_it_can_be_used_again) {
    std::atomic<int> runs{0};
    run(spawns_and_joins(runs));
    EXPECT_EQ(runs, 303);
}

TEST_P(async_scope_on, destruction_waits) {
    std::atomic<int> runs{0};
    {
        async_scope scope(pool);
        for (int i = 0; i < 100; ++i) scope.spawn(count(runs, i % 2 == 0));
    }
    EXPECT_EQ(runs, 100);
    pool.execute([&] {
        async_scope scope;
        for (int i = 0; i < 100; ++i) scope.spawn(count(runs, i % 2 == 0));
    });
    EXPECT_EQ(runs, 200);
}

task<> spawns_more(async_scope& scope, std::atomic<int>& runs, int depth) {
    ++runs;
    if (depth == 0) co_return;
    scope.spawn(spawns_more(scope, runs, depth - 1));
    if (depth % 3 == 0) co_await pel::yield();
    scope.spawn(spawns_more(scope, runs, depth - 1));
}

TEST_P(async_scope_on, its_own_coroutines_may_spawn) {
    async_scope scope(pool);
    std::atomic<int> runs{0};
    scope.spawn(spawns_more(scope, runs, 9));
    run(join(scope));
    EXPECT_EQ(runs, 1023);
}

/// What they spawn must keep out of the forks' place in the deque.
task<> spawns_in_forks(async_scope& scope, std::atomic<int>& runs) {
    for (int i = 0; i < 20; ++i) {
        pel::parallel_invoke([&] { scope.spawn(count(runs)); }, [&] { scope.spawn(count(runs)); });
        pel::parallel_for(0, 3, [&](int) { scope.spawn(count(runs)); });
        pel::parallel_for(0, 100, [&](int) { scope.spawn(count(runs)); });
    }
    co_return;
}

TEST_P(async_scope_on, its_own_coroutines_may_spawn_in_branches_and_loops) {
    async_scope scope(pool);
    std::atomic<int> runs{0};
    scope.spawn(spawns_in_forks(scope, runs));
    run(join(scope));
    EXPECT_EQ(runs, 20 * 105);
}

TEST_P(async_scope_on, foreign_threads_may_spawn) {
    async_scope scope(pool);
    std::atomic<int> runs{0};
    std::vector<std::thread> others;
    for (int t = 0; t < 3; ++t)
        others.emplace_back([&] {
            for (int i = 0; i < 100; ++i) scope.spawn(count(runs, i % 3 == 0));
        });
    for (std::thread& each : others) each.join();
    run(join(scope));
    EXPECT_EQ(runs, 300);
}

TEST_P(async_scope_on, an_exception_cancels_it_and_goes_to_join) {
    std::atomic<int> told{0}, runs{0};
    async_scope scope(pool);
    scope.spawn(until_stopped(told));
    scope.spawn(throws(1));
    scope.spawn(until_stopped(told));
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { run(join(scope)); }), "number 1");
    EXPECT_LE(told, 2);
    EXPECT_FALSE(scope.is_cancelled());
    scope.spawn(count(runs));
    run(join(scope));
    EXPECT_EQ(runs, 1);
}

TEST_P(async_scope_on, cancel_tells_all_and_drops_what_comes_later) {
    std::atomic<int> told{0}, runs{0};
    async_scope scope(pool);
    const std::stop_token token = scope.get_stop_token();
    std::atomic<int> begun{0};
    const auto waits = [](std::atomic<int>& has_begun, std::atomic<int>& is_told) -> task<> {
        ++has_begun;
        co_await until_stopped(is_told);
    };
    for (int i = 0; i < 3; ++i) scope.spawn(waits(begun, told));
    pel_test::await([&] { return begun == 3; });
    EXPECT_FALSE(token.stop_requested());
    scope.cancel();
    EXPECT_TRUE(scope.is_cancelled());
    EXPECT_TRUE(token.stop_requested());
    for (int i = 0; i < 100; ++i) scope.spawn(count(runs));
    run(join(scope));
    EXPECT_EQ(told, 3);
    EXPECT_EQ(runs, 0);
    EXPECT_FALSE(scope.is_cancelled());
    EXPECT_FALSE(scope.get_stop_token().stop_requested());
    scope.spawn(count(runs));
    run(join(scope));
    EXPECT_EQ(runs, 1);
}

task<> outer(std::atomic<int>& told, std::atomic<int>& begun) {
    async_scope inner;
    inner.spawn(until_stopped(told));
    inner.spawn(until_stopped(told));
    ++begun;
    co_await inner.join();
}

TEST_P(async_scope_on, a_scope_in_a_coroutine_is_told_when_what_is_around_it_is_cancelled) {
    std::atomic<int> told{0}, begun{0};
    async_scope scope(pool);
    scope.spawn(outer(told, begun));
    pel_test::await([&] { return begun == 1; });
    scope.cancel();
    run(join(scope));
    EXPECT_LE(told, 2);
}

task<> suspends(pel_test::gate& at, std::atomic<int>& runs) {
    co_await at;
    ++runs;
}

TEST_P(async_scope_on, join_goes_on_where_the_last_one_is_resumed) {
    std::atomic<int> runs{0};
    async_scope scope(pool);
    pel_test::gate at;
    for (int i = 0; i < 10; ++i) scope.spawn(suspends(at, runs));
    std::thread other([&] {
        pel_test::await([&] { return at.waiting() == 10; });
        at.open();
    });
    run(join(scope));
    EXPECT_EQ(runs, 10);
    other.join();
}

TEST_P(async_scope_on, whatever_can_be_awaited_can_be_spawned) {
    std::atomic<int> runs{0}, told{0};
    async_scope scope(pool);
    scope.spawn(pel::when_all(count(runs, true), count(runs)));
    std::vector<task<>> several;
    for (int i = 0; i < 40; ++i) several.push_back(count(runs, i % 2 == 0));
    scope.spawn(pel::when_all(std::move(several)));
    scope.spawn(pel::when_any(count(runs), until_stopped(told)));
    scope.spawn(pool.submit(with_result(runs)));
    run(join(scope));
    EXPECT_EQ(runs, 44);
}

TEST_P(async_scope_on, a_callable_stays_until_its_coroutine_is_over) {
    std::atomic<int> sum{0};
    async_scope scope(pool);
    for (int i = 1; i <= 40; ++i) {
        scope.spawn([&sum, i, local = live_object(i)]() -> task<> {
            co_await pel::yield();
            sum += i + local.number;
        });
    }
    const auto returns = [&sum] { return with_result(sum); };
    scope.spawn(returns);
    run(join(scope));
    EXPECT_EQ(sum, 40 * 41 + 1);
}

task<> kept_waiting(std::atomic<int>& runs, live_object) {
    ++runs;
    co_return;
}
task<> throws_at_once() {
    throw std::runtime_error("at once");
    co_return;
}
enum class end { by_itself, cancelled };
/// What it spawns lies in its thread's deque.
task<> spawns_and_ends(async_scope& scope, std::atomic<int>& runs, end how) {
    for (int i = 0; i < 100; ++i) scope.spawn(kept_waiting(runs, live_object(i)));
    if (how == end::by_itself) throw std::runtime_error("at the end");
    scope.cancel();
    co_return;
}

/// One thread, which is kept busy while others are spawned.
class dropped_coroutines : public testing::Test {
    std::atomic<bool> is_busy{false}, is_over{false}; // as long as the pool: its task looks at them

protected:
    pel::thread_pool pool{1};
    const pel_test::watchdog guard{pool};
    std::atomic<int> runs{0};

    void spawn_100(async_scope& scope) {
        for (int i = 0; i < 100; ++i) scope.spawn(kept_waiting(runs, live_object(i)));
    }
    template <class F>
    void while_busy(F function) {
        pool.post([this] {
            is_busy = true;
            pel_test::await([this] { return is_over.load(); });
        });
        pel_test::await([this] { return is_busy.load(); });
        function();
        is_over = true;
    }
    /// Who joins before that runs with the pool's thread what has not begun.
    static void await_cancellation(const async_scope& scope) {
        pel_test::await([&] { return scope.is_cancelled(); });
    }
    /// Returns: what join() says.
    std::string joined(async_scope& scope) {
        try {
            pool.submit(join(scope)).get();
            return "nothing";
        } catch (const std::runtime_error& error) {
            return error.what();
        } catch (const pel::operation_cancelled&) {
            return "cancelled";
        }
    }
    ~dropped_coroutines() override {
        EXPECT_EQ(runs, 0);
        EXPECT_EQ(live_object::count, 0);
        pel_test::expect_balanced(pool);
    }
};

TEST_F(dropped_coroutines, after_an_exception) {
    async_scope scope(pool);
    while_busy([&] {
        scope.spawn(throws_at_once());
        spawn_100(scope);
    });
    await_cancellation(scope);
    EXPECT_EQ(joined(scope), "at once");
    EXPECT_EQ(joined(scope), "nothing");
}

TEST_F(dropped_coroutines, after_a_cancellation) {
    async_scope scope(pool);
    while_busy([&] {
        spawn_100(scope);
        scope.cancel();
    });
    EXPECT_EQ(joined(scope), "nothing");
}

TEST_F(dropped_coroutines, in_the_deque_too) {
    async_scope scope(pool);
    scope.spawn(spawns_and_ends(scope, runs, end::by_itself));
    await_cancellation(scope);
    EXPECT_EQ(joined(scope), "at the end");
    scope.spawn(spawns_and_ends(scope, runs, end::cancelled));
    await_cancellation(scope);
    EXPECT_EQ(joined(scope), "nothing");
}

task<> is_cancelled_from_around(async_scope& around, std::atomic<int>& runs, bool& is_told) {
    async_scope inner;
    for (int i = 0; i < 100; ++i) inner.spawn(kept_waiting(runs, live_object(i)));
    around.cancel();
    try {
        co_await inner.join();
    } catch (const pel::operation_cancelled&) {
        is_told = true;
    }
}

TEST_F(dropped_coroutines, when_what_is_around_is_cancelled) {
    async_scope around(pool);
    bool is_told = false;
    around.spawn(is_cancelled_from_around(around, runs, is_told));
    await_cancellation(around);
    EXPECT_EQ(joined(around), "nothing");
    EXPECT_TRUE(is_told);
}

TEST(async_scope, an_empty_task_is_a_logic_error) {
    const pel_test::watchdog guard;
    async_scope scope;
    EXPECT_THROW(scope.spawn(task<>()), std::logic_error);
}

/// Whether or not it has ended when the destructor looks.
TEST(async_scope_death_test, an_exception_that_nobody_joins_ends_the_program) {
    if (pel_test::has_tsan) GTEST_SKIP() << "death tests fork";
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            pel::thread_pool pool(1);
            std::atomic<int> runs{0};
            async_scope scope(pool);
            scope.spawn(throws(1));
            pel_test::await([&] { return scope.is_cancelled(); });
            scope.spawn(count(runs));
        },
        "");
}

TEST(async_scope, while_another_exception_is_handled_it_is_dropped) {
    const pel_test::watchdog guard;
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([] {
                  async_scope scope;
                  scope.spawn(throws(1));
                  throw std::runtime_error("another");
              }),
              "another");
}

/// Says that it has begun, and runs a loop when it is told to stop.
task<> cut_short(std::atomic<bool>& has_begun, std::atomic<int>& bodies) {
    const std::stop_token token = co_await pel::get_stop_token();
    has_begun = true;
    while (!token.stop_requested()) co_await pel::yield();
    pel::parallel_for(0, 1000, [&](int) { ++bodies; });
}
task<> joins_what_is_cut_short(std::atomic<bool>& has_begun, std::atomic<bool>& is_told) {
    async_scope scope;
    std::atomic<int> bodies{0};
    scope.spawn(cut_short(has_begun, bodies));
    try {
        co_await scope.join();
        EXPECT_EQ(bodies, 1000) << "silently short";
    } catch (const pel::operation_cancelled&) {
        is_told = true;
    }
}
task<> after(std::atomic<bool>& flag) {
    while (!flag) co_await pel::yield();
}
task<> race_with_one_that_is_cut_short(bool by_scope) {
    std::atomic<bool> has_begun{false}, is_told{false};
    std::atomic<int> bodies{0};
    if (by_scope) { // that is what the caller wants
        async_scope scope;
        scope.spawn(cut_short(has_begun, bodies));
        co_await after(has_begun);
        scope.cancel();
        co_await scope.join();
        EXPECT_EQ(bodies, 0);
    } else {
        const auto won = co_await pel::when_any(joins_what_is_cut_short(has_begun, is_told), after(has_begun));
        EXPECT_EQ(won.index, 1U);
        EXPECT_TRUE(is_told);
    }
}

TEST_P(async_scope_on, join_says_that_one_was_cut_short_by_what_is_around) {
    for (int i = 0; i < 20; ++i) {
        run(race_with_one_that_is_cut_short(false));
        run(race_with_one_that_is_cut_short(true));
    }
}

task<> joins_after(async_scope& scope, pel_test::gate& at) {
    co_await at;
    co_await scope.join();
}

TEST_P(async_scope_on, a_join_from_inside_is_a_logic_error) {
    for (int i = 0; i < 20; ++i) {
        async_scope scope(pool);
        scope.spawn(join(scope));
        EXPECT_THROW(run(join(scope)), std::logic_error);
    }
}

TEST_P(async_scope_on, so_are_two_joins_at_once) {
    async_scope scope(pool);
    pel_test::gate at;
    std::atomic<int> runs{0};
    scope.spawn(suspends(at, runs));
    const auto both = [](async_scope& in, pel_test::gate& opens) -> task<> {
        const auto joins_too = [](async_scope& of, pel_test::gate& then_opens) -> task<bool> {
            bool is_told = false;
            try {
                co_await of.join();
            } catch (const std::logic_error&) {
                is_told = true;
            }
            if (is_told) then_opens.open(); // so that the other one ends
            co_return is_told;
        };
        while (opens.waiting() == 0) co_await pel::yield();
        auto [first, second] = co_await pel::when_all(joins_too(in, opens), joins_too(in, opens));
        EXPECT_NE(first, second);
    };
    run(both(scope, at));
    EXPECT_EQ(runs, 1);
    scope.spawn(count(runs));
    run(join(scope));
    EXPECT_EQ(runs, 2);
}

/// The next join begins when the one before is done with the scope, which may be on another thread.
TEST_P(async_scope_on, a_join_begins_after_the_end_of_another_or_is_a_logic_error) {
    async_scope scope(pool);
    for (unsigned long round = 0; round < pel_test::scaled(200) + 1; ++round) {
        scope.spawn(throws(1));
        std::atomic<int> errors{0}, ready{0};
        const auto joins = [&] {
            ++ready;
            pel_test::await([&] { return ready == 2; });
            for (int joined = 0; joined < 3;) {
                const std::string error = pel_test::error_of<std::exception>([&] { sync_wait(join(scope)); });
                if (error == "number 1") ++errors;
                if (error == "number 1" || error == "no error") ++joined;
            }
        };
        std::thread other(joins);
        joins();
        other.join();
        ASSERT_EQ(errors, 1);
    }
}

} // namespace async_scope_test
