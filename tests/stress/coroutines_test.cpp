// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines while other threads ask for work all the time: children that are stolen, taken back, given back, put on the
// list as the deque is full, or suspended and resumed on a thread of no pool. Each counter shows that it has happened.
// test label: coroutines
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include "support/described_machine.hpp"
#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace coroutines_test {

using pel::sync_wait;
using pel::task;
using pel::when_all;

constexpr std::chrono::seconds attempt{pel_test::patience - std::chrono::seconds(10)};

task<int> fib(int n) {
    if (n < 2) co_return n;
    auto [a, b] = co_await when_all(fib(n - 1), fib(n - 2));
    co_return a + b;
}

/// Repeats `provoke` until `counter` moves.
template <class Provoke>
void expect_counted(pel::thread_pool& pool, std::uint64_t pel::pool_stats::* counter, Provoke&& provoke) {
    const pel_test::watchdog guard(pool);
    const bool happened = pel_test::await_for(attempt, [&] {
        provoke();
        return pool.stats().*counter != 0;
    });
    EXPECT_TRUE(happened) << pel_test::describe(pool.stats());
    pel_test::expect_balanced(pool);
}

class coroutines : public testing::TestWithParam<unsigned> {
protected:
    pel::thread_pool pool{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(threads, coroutines, testing::Values(2U, 3U, 7U), testing::PrintToStringParamName());

TEST_P(coroutines, children_are_stolen_and_taken_back) {
    expect_counted(pool, &pel::pool_stats::stolen, [&] { EXPECT_EQ(pool.submit(fib(15)).get(), 610); });
    expect_counted(pool, &pel::pool_stats::taken_back, [&] { EXPECT_EQ(pool.submit(fib(15)).get(), 610); });
}

TEST_P(coroutines, while_all_are_asked_all_the_time) {
    const pel_test::watchdog guard(pool);
    std::atomic<int> sum{0};
    const auto asks_itself = [](auto self, std::atomic<int>& into, int depth) -> task<> {
        pel::detail::current_worker->deque.request();
        if (depth == 0) {
            ++into;
            co_return;
        }
        co_await when_all(self(self, into, depth - 1), self(self, into, depth - 1), self(self, into, depth - 1));
    };
    for (unsigned long i = 0; i < pel_test::scaled(200); ++i) {
        sum = 0;
        pool.submit(asks_itself(asks_itself, sum, 6)).get();
        EXPECT_EQ(sum, 729);
    }
    pel_test::expect_balanced(pool);
}

/// Thread of no pool, through which suspended coroutines come back.
class foreign_resumer {
public:
    ~foreign_resumer() {
        is_over_ = true;
        thread_.join();
    }
    pel_test::gate gate;

private:
    std::atomic<bool> is_over_{false};
    std::thread thread_{[this] {
        while (!is_over_ || gate.waiting() != 0) {
            gate.open();
            std::this_thread::yield();
        }
    }};
};

task<int> migrates(pel_test::gate& at, int depth, unsigned seed) {
    const pel_test::live_object local;
    seed = seed * 1'664'525 + 1'013'904'223;
    if ((seed >> 28) == 0) co_await at;
    if (depth == 0) co_return 1;
    auto [a, b, c] = co_await when_all(migrates(at, depth - 1, seed + 1), migrates(at, depth - 1, seed + 2),
                                       migrates(at, depth - 1, seed + 3));
    if ((seed >> 27 & 15) == 1) co_await pel::yield();
    co_return a + b + c;
}

TEST_P(coroutines, children_are_suspended_and_come_back_through_a_foreign_thread) {
    const pel_test::watchdog guard(pool);
    foreign_resumer foreign;
    for (unsigned i = 0; i < pel_test::scaled(20); ++i) {
        EXPECT_EQ(pool.submit(migrates(foreign.gate, 6, i)).get(), 729);
        EXPECT_EQ(pool.execute([&] { return sync_wait(migrates(foreign.gate, 4, i)); }), 81);
    }
    EXPECT_EQ(pel_test::live_object::count, 0);
    pel_test::expect_balanced(pool);
}

task<int> races(pel_test::gate& at, int depth, unsigned seed) {
    const pel_test::live_object local;
    seed = seed * 1'664'525 + 1'013'904'223;
    if (seed >> 29 == 0) co_await at;
    if (depth == 0) co_return 1;
    auto won = co_await pel::when_any(races(at, depth - 1, seed + 1), races(at, depth - 1, seed + 2),
                                      races(at, depth - 1, seed + 3));
    co_return std::visit([](int value) { return value; }, won.value);
}

TEST_P(coroutines, races_end_once) {
    const pel_test::watchdog guard(pool);
    foreign_resumer foreign;
    for (unsigned i = 0; i < pel_test::scaled(100); ++i) EXPECT_EQ(pool.submit(races(foreign.gate, 5, i)).get(), 1);
    EXPECT_EQ(pel_test::live_object::count, 0);
    pel_test::expect_balanced(pool);
}

task<unsigned long> pairs_down(unsigned long depth, std::atomic<unsigned long>& others) {
    if (depth == 0) co_return 0;
    const auto other = [](std::atomic<unsigned long>& runs) -> task<> {
        ++runs;
        co_return;
    };
    auto [below, nothing] = co_await when_all(pairs_down(depth - 1, others), other(others));
    co_return below + 1;
}

TEST_P(coroutines, full_deques_put_children_on_the_list) {
    expect_counted(pool, &pel::pool_stats::full_deques, [&] {
        std::atomic<unsigned long> others{0};
        constexpr unsigned long depth = 3ul << 14;
        EXPECT_EQ(pool.submit(pairs_down(depth, others)).get(), depth);
        EXPECT_EQ(others, depth);
    });
    EXPECT_GT(pool.stats().listed, 0U);
}

/// What a leapfrogger does with a child that it has claimed by mistake, done here on purpose: it is given back.
task<int> robs(std::atomic<int>& given_back) {
    pel::detail::worker& own = *pel::detail::current_worker;
    own.deque.expose(~0u);
    pel::detail::job_slot slot = own.deque.try_steal();
    if (slot) {
        slot.forker = &own;
        slot.function(slot, own, pel::detail::job_action::give_back);
        ++given_back;
    }
    co_return 1;
}
task<int> robs_all_the_way(pel_test::gate& at, std::atomic<int>& given_back, int depth) {
    if (depth == 0) co_return 1;
    auto [a, b, c] =
        co_await when_all(robs(given_back), robs_all_the_way(at, given_back, depth - 1), migrates(at, 1, 7));
    co_return a + b + c;
}

TEST_P(coroutines, children_that_are_given_back_run_from_the_list) {
    const pel_test::watchdog guard(pool);
    foreign_resumer foreign;
    std::atomic<int> given_back{0};
    for (unsigned long i = 0; i < pel_test::scaled(200); ++i)
        EXPECT_EQ(pool.submit(robs_all_the_way(foreign.gate, given_back, 20)).get(), 20 * 4 + 1);
    EXPECT_GT(given_back, 0);
}

/// The list is the home pool's, which knows nothing of the other one's nodes.
TEST_P(coroutines, and_when_they_have_gone_to_another_pool) {
    pel::thread_pool_options options;
    options.topology = pel_test::described_topology("numa:2 core:2 pu:1");
    pel::thread_pool away(options);
    const pel_test::watchdog guard(pool);
    foreign_resumer foreign;
    std::atomic<int> given_back{0};
    const auto goes = [&](pel::thread_pool& to) -> task<int> {
        co_await pel::resume_on(to);
        co_return co_await robs_all_the_way(foreign.gate, given_back, 10);
    };
    for (unsigned long i = 0; i < pel_test::scaled(200); ++i) EXPECT_EQ(pool.submit(goes(away)).get(), 10 * 4 + 1);
    EXPECT_GT(given_back, 0);
}

} // namespace coroutines_test
