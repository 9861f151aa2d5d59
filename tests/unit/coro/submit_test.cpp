// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// thread_pool::submit() of a coroutine, and co_await of futures.
// test label: coroutines
#include <pel/coro/await_future.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include "support/aligned_number.hpp"
#include "support/error_of.hpp"
#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <variant>
#include <vector>

namespace coro_submit_test {

using pel::future;
using pel::sync_wait;
using pel::task;
using pel_test::live_object;

static_assert(std::is_same_v<decltype(std::declval<pel::thread_pool&>().submit(task<int>())), future<int>>);

task<int> number(int n) { co_return n; }
task<int> late(int n) {
    const live_object local;
    for (int i = 0; i < 3; ++i) co_await pel::yield();
    auto [left, right] = co_await pel::when_all(number(n), number(1));
    co_return left + right - 1;
}
task<> nothing() { co_await pel::yield(); }
task<std::unique_ptr<int>> owned(int n) { co_return std::make_unique<int>(n); }
task<int> throws() {
    co_await pel::yield();
    throw std::runtime_error("of the task");
    co_return 0;
}
task<int> waits_at(pel_test::gate& at) {
    const live_object local;
    co_await at;
    co_return 3;
}

class submit_on : public pel_test::with_pool_shape {
protected:
    pel::thread_pool pool{pel_test::options_of(GetParam())};
    const pel_test::watchdog guard{pool};
    ~submit_on() override { EXPECT_EQ(live_object::count, 0); }
};
PEL_ON_ALL_SHAPES(submit_on);

TEST_P(submit_on, the_result_is_in_the_future) {
    EXPECT_EQ(pool.submit(number(4)).get(), 4);
    EXPECT_EQ(pool.submit(late(5)).get(), 5);
    EXPECT_EQ(*pool.submit(owned(6)).get(), 6);
    pool.submit(nothing()).get();
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { pool.submit(throws()).get(); }), "of the task");
    EXPECT_THROW((void)pool.submit(task<int>()), std::logic_error);
}

TEST_P(submit_on, get_is_legal_in_a_task) {
    EXPECT_EQ(pool.submit([&] { return pool.submit(late(5)).get() + pool.submit(number(1)).get(); }).get(), 6);
    const auto gets = [&]() -> task<int> {
        const int first = pool.submit(late(1)).get();
        co_await pel::yield();
        co_return first + pool.submit(late(2)).get();
    };
    EXPECT_EQ(pool.submit(gets()).get(), 3);
}

TEST_P(submit_on, wait_and_is_ready_are_true_of_a_suspended_one) {
    pel_test::gate at;
    future<int> result = pool.submit(waits_at(at));
    pel_test::await([&] { return at.waiting() == 1; });
    EXPECT_FALSE(result.is_ready());
    std::thread other([&] { at.open(); });
    result.wait();
    EXPECT_TRUE(result.is_ready());
    EXPECT_EQ(result.get(), 3);
    other.join();
}

TEST_P(submit_on, a_future_that_is_dropped_lets_it_run) {
    std::atomic<bool> has_run{false};
    const auto says = [&]() -> task<> {
        co_await pel::yield();
        has_run = true;
    };
    auto saying = says();
    (void)pool.submit(std::move(saying));
    pel_test::await([&] { return has_run.load(); });
}

TEST_P(submit_on, then_follows_a_coroutine) {
    future<int> last = pool.submit(late(5)).then([](int n) { return n + 1; }).then([](int n) { return 2 * n; });
    EXPECT_EQ(last.get(), 12);
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { pool.submit(throws()).then([](int) {}).get(); }),
              "of the task");
}

task<int> awaits_futures(pel::thread_pool& pool) {
    int sum = co_await pool.submit([] { return 1; });
    future<int> done = pool.submit(late(2));
    done.wait();
    sum += co_await std::move(done);
    EXPECT_FALSE(done.valid()); // NOLINT(bugprone-use-after-move)
    future<int> first = pool.submit(late(4));
    future<int> second = pool.submit(late(8));
    sum += co_await std::move(second);
    sum += co_await std::move(first);
    co_await pool.submit([] {});
    bool is_caught = false;
    try {
        sum += co_await pool.submit(throws());
    } catch (const std::runtime_error&) {
        is_caught = true;
    }
    EXPECT_TRUE(is_caught);
    co_return sum;
}

TEST_P(submit_on, a_coroutine_awaits_futures_that_are_done_or_not) {
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(sync_wait(awaits_futures(pool)), 15); // its group is of another pool
        EXPECT_EQ(pool.submit(awaits_futures(pool)).get(), 15);
        EXPECT_EQ(pool.execute([&] { return sync_wait(awaits_futures(pool)); }), 15);
    }
}

TEST_P(submit_on, a_future_may_end_as_it_is_awaited) {
    const auto awaits_one = [](future<int> one) -> task<int> { co_return co_await std::move(one); };
    for (int i = 0; i < 50; ++i) {
        std::atomic<bool> may_end{false};
        future<int> one = pool.submit([&] {
            pel_test::await([&] { return may_end.load(); });
            return 1;
        });
        std::thread other([&] { may_end = true; });
        EXPECT_EQ(sync_wait(awaits_one(std::move(one))), 1);
        other.join();
    }
}

TEST(submit, an_empty_future_is_a_logic_error) {
    const pel_test::watchdog guard;
    const auto awaits = []() -> task<> { (void)co_await future<int>(); };
    EXPECT_THROW(sync_wait(awaits()), std::logic_error);
}

TEST_P(submit_on, the_end_of_the_pool_waits_for_what_was_submitted) {
    std::atomic<int> runs{0};
    const auto counts = [](std::atomic<int>& into) -> task<> {
        for (int i = 0; i < 3; ++i) co_await pel::yield();
        ++into;
    };
    {
        pel::thread_pool mine(pel_test::options_of(GetParam()));
        for (int i = 0; i < 50; ++i) (void)mine.submit(counts(runs));
    }
    EXPECT_EQ(runs, 50);
}

task<int&> reference(int& to) { co_return to; }
task<const std::unique_ptr<int>> constant_owner() { co_return std::make_unique<int>(3); }

TEST_P(submit_on, a_callable_stays_until_its_coroutine_is_over) {
    const auto makes = [](int n) {
        return [n, holds = std::make_unique<int>(2 * n), local = live_object(n)]() -> task<int> {
            co_await pel::yield();
            auto [left, right] = co_await pel::when_all(number(n), number(*holds));
            co_return left + right + local.number;
        };
    };
    static_assert(std::is_same_v<decltype(pool.submit(makes(1))), future<int>>);
    EXPECT_EQ(pool.submit(makes(1)).get(), 4);
    future<int> waited_for = pool.submit(makes(2));
    waited_for.wait();
    EXPECT_TRUE(waited_for.is_ready());
    EXPECT_EQ(live_object::count, 0) << "what it holds is gone before the waiter goes on";
    EXPECT_EQ(waited_for.get(), 8);
    pel_test::gate at;
    future<void> suspended = pool.submit([&at, local = live_object()]() -> task<> {
        co_await at;
        EXPECT_EQ(live_object::count, 1);
    });
    pel_test::await([&] { return at.waiting() == 1; });
    at.open();
    suspended.get();
    int x = 1;
    EXPECT_EQ(&pool.submit([&]() -> task<int&> { co_return x; }).get(), &x);
    EXPECT_EQ(pool.submit([n = 3]() -> task<const int> { co_return n; }).get(), 3);
    EXPECT_EQ(*pool.submit([] { return owned(4); }).get(), 4);
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { pool.submit(throws).get(); }), "of the task");
    const auto makes_none = []() -> task<int> { throw std::runtime_error("makes none"); };
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { pool.submit(makes_none).get(); }), "makes none");
}

TEST_P(submit_on, results_may_be_references_and_constants) {
    int x = 1;
    static_assert(std::is_same_v<decltype(pool.submit(reference(x))), future<int&>>);
    EXPECT_EQ(&pool.submit(reference(x)).get(), &x);
    future<int&> of_function = pool.submit([&]() -> int& { return x; });
    EXPECT_EQ(&of_function.get(), &x);
    EXPECT_EQ(pool.submit(reference(x)).then([](int& n) { return ++n; }).get(), 2);
    EXPECT_EQ(x, 2);
    const auto awaits = [](future<int&> one) -> task<int*> { co_return &co_await std::move(one); };
    EXPECT_EQ(sync_wait(awaits(pool.submit(reference(x)))), &x);
    EXPECT_EQ(*pool.submit(constant_owner()).get(), 3);
}

TEST_P(submit_on, whatever_can_be_awaited_can_be_submitted) {
    EXPECT_EQ(pool.submit(pel::when_all(late(1), number(2))).get(), std::tuple(1, 2));
    EXPECT_EQ(std::get<0>(pool.submit(pel::when_any(late(1), late(1))).get().value), 1);
    EXPECT_EQ(pool.submit(pool.submit(late(3))).get(), 3);
    std::vector<task<int>> several;
    for (int i = 0; i < 40; ++i) several.push_back(late(i));
    const std::vector<int> results = pool.submit(pel::when_all(std::move(several))).get();
    ASSERT_EQ(results.size(), 40U);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { pool.submit(pel::when_all(number(1), throws())).get(); }),
              "of the task");
}

template <std::size_t Alignment>
task<pel_test::aligned_number<Alignment>> aligned(int n) {
    co_return pel_test::aligned_number<Alignment>(n);
}

TEST(submit, results_may_be_aligned_to_more_than_frames) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(pool.submit(aligned<128>(5)).get().value, 5);
        EXPECT_EQ(pel_test::aligned_number<128>::misplaced, 0);
        EXPECT_EQ(pool.submit(aligned<4096>(5)).get().value, 5);
        EXPECT_EQ(pel_test::aligned_number<4096>::misplaced, 0);
    }
}

} // namespace coro_submit_test
