// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sync_wait is legal everywhere, and so is everything else inside a coroutine.
// test label: coroutines
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/graph/graph.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>

#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>

namespace sync_wait_test {

using pel::sync_wait;
using pel::task;

task<int> fib(int n) {
    if (n < 2) {
        if (n == 1) co_await pel::yield();
        co_return n;
    }
    auto [a, b] = co_await pel::when_all(fib(n - 1), fib(n - 2));
    co_return a + b;
}
task<int> number(int n) { co_return n; }

class sync_wait_on : public pel_test::with_pool_shape {
protected:
    pel::thread_pool pool{pel_test::options_of(GetParam())};
    const pel_test::watchdog guard{pool};
    ~sync_wait_on() override { EXPECT_EQ(pel_test::live_object::count, 0); }
};
PEL_ON_ALL_SHAPES(sync_wait_on);

TEST_P(sync_wait_on, from_outside_and_in_a_task) {
    EXPECT_EQ(sync_wait(fib(10)), 55);
    EXPECT_EQ(pool.execute([] { return sync_wait(fib(10)); }), 55);
    EXPECT_EQ(pool.submit([] { return sync_wait(fib(10)); }).get(), 55);
}

task<int> waits_inside(int depth) {
    if (depth == 0) co_return 1;
    const int first = sync_wait(waits_inside(depth - 1));
    co_await pel::yield();
    auto [a, b] = co_await pel::when_all(waits_inside(depth - 1), number(sync_wait(fib(4))));
    co_return first + a + b - 3;
}

TEST_P(sync_wait_on, in_a_coroutine) {
    EXPECT_EQ(pool.execute([] { return sync_wait(waits_inside(6)); }), 64);
    EXPECT_EQ(pool.submit(waits_inside(6)).get(), 64);
}

TEST_P(sync_wait_on, in_branches_loops_and_groups) {
    std::atomic<int> sum{0};
    pool.execute([&] {
        pel::parallel_invoke([&] { sum += sync_wait(fib(8)); }, [&] { sum += sync_wait(fib(8)); });
        pel::parallel_for(0, 3, [&](int) { sum += sync_wait(fib(8)); });
        pel::parallel_for(0, 100, [&](int) { sum += sync_wait(fib(8)); });
        pel::task_group group;
        for (int i = 0; i < 10; ++i) group.run([&] { sum += sync_wait(fib(8)); });
        sum += sync_wait(fib(8));
        (void)group.wait();
    });
    EXPECT_EQ(sum, 21 * 116);
}

/// Everything that waits, in the middle of coroutines that are suspended and stolen.
task<int> uses_all_of_it(int turn) {
    const pel_test::live_object local;
    std::atomic<int> sum{0};
    pel::parallel_for(0, 100, [&](int i) { sum += i; });
    if (turn % 2 == 0) co_await pel::yield();
    pel::parallel_invoke([&] { sum += 1; }, [&] { sum += 2; }, [&] { sum += 3; });
    sum += pel::parallel_reduce(0, 100, 0, [](int i) { return i; }, std::plus<>());
    auto [one, two] = co_await pel::when_all(number(1), fib(4));
    sum += one + two;
    pel::task_group group;
    for (int i = 0; i < 10; ++i) group.run([&] { ++sum; });
    (void)group.wait();
    co_return sum;
}
task<int> many_use_all_of_it(int count) {
    std::vector<task<int>> many;
    for (int i = 0; i < count; ++i) many.push_back(uses_all_of_it(i));
    int sum = 0;
    for (const int each : co_await pel::when_all(std::move(many))) sum += each;
    co_return sum;
}

TEST_P(sync_wait_on, coroutines_use_loops_branches_and_groups) {
    constexpr int each = 4950 + 6 + 4950 + 4 + 10;
    EXPECT_EQ(pool.execute([] { return sync_wait(many_use_all_of_it(30)); }), 30 * each);
    EXPECT_EQ(pool.submit(many_use_all_of_it(30)).get(), 30 * each);
    EXPECT_EQ(sync_wait(uses_all_of_it(0)), each);
}

/// The group is built on one thread, and waited for on another.
task<int> group_across_suspension(pel_test::gate& at) {
    std::atomic<int> sum{0};
    pel::task_group group;
    group.run([&] { ++sum; });
    co_await at;
    group.run([&] { ++sum; });
    auto [a, b] = co_await pel::when_all(number(1), fib(5));
    group.run([&] { ++sum; });
    (void)group.wait();
    EXPECT_EQ(sum, 3);
    group.run([&] { ++sum; });
    co_await pel::yield();
    (void)group.wait();
    co_return sum + a + b;
}

TEST_P(sync_wait_on, a_group_may_live_across_a_suspension) {
    for (int i = 0; i < 10; ++i) {
        pel_test::gate at;
        std::thread other([&] {
            pel_test::await([&] { return at.waiting() == 1; });
            at.open();
        });
        const bool submits = i % 2 == 0;
        EXPECT_EQ(submits ? pool.submit(group_across_suspension(at)).get()
                          : pool.execute([&] { return sync_wait(group_across_suspension(at)); }),
                  10);
        other.join();
    }
}

task<> throws() {
    co_await pel::yield();
    throw std::runtime_error("in a coroutine");
}

TEST_P(sync_wait_on, an_exception_cancels_the_branch_beside_it) {
    const auto either = [&] {
        pool.execute([] { pel::parallel_invoke([] { sync_wait(throws()); }, [] { (void)sync_wait(fib(6)); }); });
    };
    EXPECT_THROW(either(), std::runtime_error);
    EXPECT_THROW(pool.execute([] { pel::parallel_for(0, 50, [](int) { sync_wait(throws()); }); }), std::runtime_error);
}

TEST_P(sync_wait_on, graphs_and_coroutines_wait_for_each_other) {
    pel::graph graph;
    std::atomic<int> sum{0};
    auto first = graph.emplace([&] { sum += sync_wait(fib(7)); });
    auto second = graph.emplace([&] { sum = 2 * sum; });
    first.precede(second);
    const auto runs = [](pel::graph& whole) -> task<> {
        co_await pel::yield();
        whole.run();
        co_await pel::yield();
    };
    pool.execute([&] { sync_wait(runs(graph)); });
    EXPECT_EQ(sum, 26);
}

} // namespace sync_wait_test
