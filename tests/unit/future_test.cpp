// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/future.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/thread_pool.hpp>

#include "support/aligned_number.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace future_test {

using pel::future;

static_assert(!std::is_copy_constructible_v<future<int>>);
static_assert(std::is_nothrow_move_constructible_v<future<int>>);
static_assert(std::is_same_v<decltype(std::declval<pel::thread_pool&>().submit([] { return 'a'; })), future<char>>);

TEST(future, one_without_a_task_is_invalid_and_says_so) {
    future<int> none;
    EXPECT_FALSE(none.valid());
    EXPECT_THROW((void)none.get(), std::logic_error);
    EXPECT_THROW(none.wait(), std::logic_error);
    EXPECT_THROW((void)none.is_ready(), std::logic_error);
}

TEST(future, the_result_is_got_once) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    future<int> result = pool.submit([] { return 42; });
    EXPECT_TRUE(result.valid());
    EXPECT_EQ(result.get(), 42);
    EXPECT_FALSE(result.valid());
    EXPECT_THROW((void)result.get(), std::logic_error);
}

TEST(future, wait_leaves_the_result_to_get) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    future<int> result = pool.submit([] { return 42; });
    result.wait();
    EXPECT_TRUE(result.is_ready());
    result.wait();
    EXPECT_EQ(result.get(), 42);
}

TEST(future, a_moved_future_takes_the_task_along) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    future<int> first = pool.submit([] { return 1; });
    future<int> second = std::move(first);
    EXPECT_FALSE(first.valid()); // NOLINT(bugprone-use-after-move)
    first = pool.submit([] { return 2; });
    EXPECT_EQ(second.get(), 1);
    EXPECT_EQ(first.get(), 2);
}

TEST(future, a_move_onto_another_ends_that_one) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    const auto held = std::make_shared<int>(1);
    future<std::shared_ptr<int>> first = pool.submit([held] { return held; });
    first.wait(); // it holds a copy, which nobody gets
    future<std::shared_ptr<int>> second = pool.submit([] { return std::make_shared<int>(2); });
    first = std::move(second);
    EXPECT_FALSE(second.valid()); // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(pel_test::await_for(std::chrono::seconds(10), [&] { return held.use_count() == 1; }));
    future<std::shared_ptr<int>>& same = first;
    first = std::move(same);
    EXPECT_EQ(*first.get(), 2);
}

TEST(future, results_and_tasks_may_be_move_only) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    auto result = pool.submit([own = std::make_unique<int>(5)]() mutable { return std::move(own); });
    EXPECT_EQ(*result.get(), 5);
}

/// Of a result, and of a callable.
template <std::size_t Alignment>
void expect_in_place(pel::thread_pool& pool) {
    using number = pel_test::aligned_number<Alignment>;
    EXPECT_EQ(pool.submit([] { return number(3); }).get().value, 3);
    const number held(4);
    EXPECT_EQ(pool.submit([held] { return held.value; }).get(), 4);
    EXPECT_EQ(pool.submit([] { return number(5); }).then([](const number& one) { return number(one); }).get().value, 5);
    pool.post([held] { held.check(); });
    EXPECT_EQ(number::misplaced, 0);
}

TEST(future, results_and_tasks_may_be_aligned_as_they_like) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (int i = 0; i < 10; ++i) {
        expect_in_place<64>(pool);
        expect_in_place<128>(pool);
        expect_in_place<4096>(pool);
    }
}

TEST(future, get_throws_what_the_task_threw) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 100; ++round) {
        future<int> result = pool.submit([]() -> int { throw std::out_of_range("task"); });
        EXPECT_THROW((void)result.get(), std::out_of_range);
        EXPECT_FALSE(result.valid());
    }
    EXPECT_EQ(pool.submit([] { return 1; }).get(), 1);
    pel_test::expect_balanced(pool);
}

TEST(future, a_detached_task_runs_all_the_same) {
    std::atomic<int> runs{0};
    {
        pel::thread_pool pool(2);
        const pel_test::watchdog guard(pool);
        for (int i = 0; i < 100; ++i) (void)pool.submit([&] { ++runs; });
        for (int i = 0; i < 100; ++i)
            (void)pool.submit([&] { throw std::runtime_error("nobody asks " + std::to_string(++runs)); });
    }
    EXPECT_EQ(runs, 200);
}

TEST(future, what_a_task_holds_is_gone_when_get_returns) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        const auto alive = std::make_shared<int>(0);
        pool.submit([alive] {}).get();
        ASSERT_EQ(alive.use_count(), 1);
    }
}

TEST(future, then_passes_the_result_on) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    future<int> first = pool.submit([] { return 20; });
    future<std::string> chained =
        first.then([](int n) { return n + 1; }).then([](int n) { return std::to_string(2 * n); });
    EXPECT_FALSE(first.valid());
    EXPECT_EQ(chained.get(), "42");
    bool ran = false;
    pool.submit([] {}).then([&] { ran = true; }).get();
    EXPECT_TRUE(ran);
}

TEST(future, then_passes_a_reference_on) {
    pel::thread_pool pool(2);
    int number = 1;
    pel::future<int&> same =
        pool.submit([&]() -> int& { return number; }).then([](int& result) -> int& { return ++result; });
    EXPECT_EQ(&same.get(), &number);
    EXPECT_EQ(number, 2);
}

TEST(future, then_on_a_task_that_is_done_runs_too) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    future<int> first = pool.submit([] { return 1; });
    first.wait();
    EXPECT_EQ(first.then([](int n) { return n + 1; }).get(), 2);
}

TEST(future, an_exception_skips_continuations) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> ran{false};
    auto chained = pool.submit([]() -> int { throw std::out_of_range("first"); })
                       .then([&](int n) {
                           ran = true;
                           return n;
                       })
                       .then([&](int n) {
                           ran = true;
                           return n;
                       });
    EXPECT_THROW((void)chained.get(), std::out_of_range);
    EXPECT_FALSE(ran);
}

TEST(future, a_long_chain_of_continuations_uses_little_stack) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> may_begin{false};
    future<int> chain = pool.submit([&] {
        pel_test::await([&] { return may_begin.load(); });
        return 0;
    });
    const unsigned long length = pel_test::scaled(20'000);
    for (unsigned long i = 0; i < length; ++i) chain = chain.then([](int n) { return n + 1; });
    may_begin = true;
    EXPECT_EQ(chain.get(), static_cast<int>(length));
    pel_test::expect_balanced(pool);
}

class future_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(future_on);

TEST_P(future_on, get_needs_no_other_thread) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        EXPECT_EQ(pool.submit([] { return 1; }).get(), 1);
        EXPECT_EQ(pool.submit([&] { return pool.submit([] { return 2; }).get(); }).get(), 2);
        pool.execute([&] { EXPECT_EQ(pool.submit([] { return 3; }).get(), 3); });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(future_on, submit_and_get_from_many_threads) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::vector<std::thread> threads;
    std::atomic<unsigned long> sum{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            std::vector<future<int>> results;
            for (unsigned long i = 0; i < pel_test::scaled(2'000); ++i)
                results.push_back(pool.submit([] { return 1; }));
            for (future<int>& each : results) sum += static_cast<unsigned long>(each.get());
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sum, 4 * pel_test::scaled(2'000));
    pel_test::expect_balanced(pool);
}

TEST_P(future_on, tasks_may_wait_for_futures_that_others_submitted) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        future<int> inner = pool.submit([] { return 5; });
        const int result = pool.submit([inner = std::move(inner)]() mutable { return inner.get() + 1; }).get();
        ASSERT_EQ(result, 6);
    }
    pel_test::expect_balanced(pool);
}

/// Throws when it is moved for the last time that it may be.
struct moved_so_often {
    explicit moved_so_often(int times) : left(times) {}
    moved_so_often(moved_so_often&& other) : left(other.left - 1) {
        if (left < 0) throw std::bad_alloc();
    }
    int operator()(int number) const { return number + 1; }
    int left;
};

TEST(future, one_that_cannot_be_continued_keeps_its_result) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    for (const bool is_ready : {true, false}) {
        std::atomic<bool> may_end{is_ready};
        future<int> result = pool.submit([&] {
            pel_test::await([&] { return may_end.load(); });
            return 6;
        });
        if (is_ready) result.wait();
        future<int> next;
        int times = 0;
        for (; !next.valid(); ++times) {
            ASSERT_LT(times, 10);
            try {
                next = result.then(moved_so_often(times));
            } catch (const std::bad_alloc&) {
                ASSERT_TRUE(result.valid());
            }
        }
        EXPECT_GT(times, 2);
        EXPECT_FALSE(result.valid());
        may_end = true;
        EXPECT_EQ(next.get(), 7);
    }
}

} // namespace future_test
