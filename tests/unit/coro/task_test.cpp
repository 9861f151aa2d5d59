// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: coroutines
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include "support/aligned_number.hpp"
#include "support/error_of.hpp"
#include "support/live_object.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace coro_task_test {

using pel::sync_wait;
using pel::task;
using pel_test::aligned_number;
using pel_test::live_object;

static_assert(!std::is_copy_constructible_v<task<int>>);
static_assert(std::is_nothrow_move_constructible_v<task<int>>);
static_assert(std::is_nothrow_default_constructible_v<task<>>);
static_assert(sizeof(task<std::string>) == sizeof(void*));
static_assert(sizeof(task<>::promise_type) == 48, "as detail/coro/README.md says");
static_assert(sizeof(task<std::uint64_t>::promise_type) == 48 + sizeof(std::uint64_t));

task<int> number(int n) { co_return n; }
task<> nothing() { co_return; }
task<std::string> text(std::size_t length) { co_return std::string(length, 'a'); }
task<int&> reference(int& to) { co_return to; }
task<const std::string&> constant(const std::string& to) { co_return to; }
task<std::unique_ptr<int>> owned(int n) { co_return std::make_unique<int>(n); }
task<int> throws(int n) {
    if (n >= 0) throw std::runtime_error("number " + std::to_string(n));
    co_return n;
}

TEST(task, its_result_is_a_value) {
    const pel_test::watchdog guard;
    EXPECT_EQ(sync_wait(number(7)), 7);
    EXPECT_EQ(sync_wait(text(1000)), std::string(1000, 'a'));
}

TEST(task, its_result_is_a_reference_to_the_very_object) {
    const pel_test::watchdog guard;
    int x = 1;
    sync_wait(reference(x)) = 2;
    EXPECT_EQ(x, 2);
    const std::string all = "all";
    EXPECT_EQ(&sync_wait(constant(all)), &all);
    const auto twice = [](int& to) -> task<int&> {
        int& same = co_await reference(to);
        ++same;
        co_return co_await reference(same);
    };
    EXPECT_EQ(&sync_wait(twice(x)), &x);
    EXPECT_EQ(x, 3);
}

TEST(task, its_result_may_be_void_or_move_only) {
    const pel_test::watchdog guard;
    static_assert(std::is_void_v<decltype(sync_wait(nothing()))>);
    sync_wait(nothing());
    EXPECT_EQ(*sync_wait(owned(5)), 5);
    const auto passes_on = []() -> task<std::unique_ptr<int>> {
        co_await nothing();
        std::unique_ptr<int> one = co_await owned(1);
        ++*one;
        co_return one;
    };
    EXPECT_EQ(*sync_wait(passes_on()), 2);
}

template <std::size_t Alignment>
task<aligned_number<Alignment>> aligned(char padding, int n) {
    co_return aligned_number<Alignment>(n + padding - 'a');
}

template <std::size_t Alignment>
task<int> awaits_aligned(char padding) {
    aligned_number<Alignment> one = co_await aligned<Alignment>(padding, 1);
    co_await nothing();
    const aligned_number<Alignment> two = co_await aligned<Alignment>('a', 2);
    auto [three, four] = co_await pel::when_all(aligned<Alignment>('a', 3), aligned<Alignment>('a', 4));
    one.check();
    two.check();
    co_return one.value + two.value + three.value + four.value;
}

TEST(task, its_result_and_its_locals_may_be_aligned_to_64_bytes) {
    const pel_test::watchdog guard;
    EXPECT_EQ(sync_wait(awaits_aligned<32>('b')), 11);
    EXPECT_EQ(aligned_number<32>::misplaced, 0);
    EXPECT_EQ(sync_wait(awaits_aligned<64>('b')), 11);
    EXPECT_EQ(aligned_number<64>::misplaced, 0);
}

TEST(task, its_result_may_be_aligned_to_more) {
    const pel_test::watchdog guard;
    EXPECT_EQ(sync_wait(aligned<128>('a', 5)).value, 5);
    EXPECT_EQ(aligned_number<128>::misplaced, 0);
    EXPECT_EQ(sync_wait(aligned<1024>('a', 5)).value, 5);
    EXPECT_EQ(aligned_number<1024>::misplaced, 0);
}

TEST(task, an_exception_goes_to_who_awaits_it) {
    const pel_test::watchdog guard;
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([] { sync_wait(throws(3)); }), "number 3");
    const auto catches = []() -> task<int> {
        int caught = 0;
        for (int i = 0; i < 10; ++i) {
            try {
                co_await throws(i);
            } catch (const std::runtime_error&) {
                ++caught;
            }
        }
        co_return caught + co_await throws(-1);
    };
    EXPECT_EQ(sync_wait(catches()), 9);
    const auto passes_on = [](auto self, int depth) -> task<int> {
        const live_object local(depth);
        if (depth == 0) co_return co_await throws(8);
        co_return co_await self(self, depth - 1);
    };
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { sync_wait(passes_on(passes_on, 100)); }), "number 8");
    EXPECT_EQ(live_object::count, 0);
}

/// Its value cannot be copied any more.
struct fragile {
    explicit fragile(bool breaks) {
        if (breaks) throw std::runtime_error("broken");
    }
};

TEST(task, an_exception_while_the_result_is_stored_goes_there_too) {
    const pel_test::watchdog guard;
    const auto stores = [](bool breaks) -> task<fragile> { co_return fragile(breaks); };
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { sync_wait(stores(true)); }), "broken");
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { sync_wait(stores(false)); }), "no error");
}

task<int> takes(live_object held, bool* has_begun) {
    *has_begun = true;
    co_return held.number;
}

TEST(task, one_that_is_not_awaited_never_begins_and_its_arguments_end) {
    bool has_begun = false;
    {
        task<int> never = takes(live_object(1), &has_begun);
        EXPECT_TRUE(never.valid());
        EXPECT_EQ(live_object::count, 1);
    }
    EXPECT_EQ(live_object::count, 0);
    EXPECT_FALSE(has_begun);
}

TEST(task, moves_take_the_coroutine_along) {
    const pel_test::watchdog guard;
    bool has_begun = false;
    task<int> first = takes(live_object(1), &has_begun);
    task<int> second = std::move(first);
    EXPECT_FALSE(first.valid()); // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(second.valid());
    first = takes(live_object(2), &has_begun);
    EXPECT_EQ(live_object::count, 2);
    first = std::move(second);    // ends the one before
    EXPECT_FALSE(second.valid()); // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(live_object::count, 1);
    task<int>& same = first;
    first = std::move(same);
    EXPECT_EQ(sync_wait(std::move(first)), 1);
    EXPECT_EQ(live_object::count, 0);
}

TEST(task, its_result_arguments_and_locals_end_with_it) {
    const pel_test::watchdog guard;
    const auto results = [](live_object argument) -> task<live_object> {
        live_object local(argument.number);
        co_await nothing();
        co_return local;
    };
    EXPECT_EQ(sync_wait(results(live_object(3))).number, 3);
    EXPECT_EQ(live_object::count, 0);
    const auto drops = [&]() -> task<> { (void)co_await results(live_object(4)); };
    sync_wait(drops());
    EXPECT_EQ(live_object::count, 0);
}

TEST(task, an_empty_one_is_a_logic_error) {
    const pel_test::watchdog guard;
    EXPECT_FALSE(task<int>().valid());
    EXPECT_THROW(sync_wait(task<int>()), std::logic_error);
    const auto awaits = []() -> task<> { co_await task<>(); };
    EXPECT_THROW(sync_wait(awaits()), std::logic_error);
    const auto awaits_all = [] { (void)pel::when_all(number(1), task<int>()); };
    EXPECT_THROW(awaits_all(), std::logic_error);
}

TEST(task, a_second_await_is_a_logic_error_too) {
    const pel_test::watchdog guard;
    const auto awaits_twice = []() -> task<> {
        task<int> one = number(1);
        EXPECT_EQ(co_await std::move(one), 1);
        EXPECT_FALSE(one.valid()); // NOLINT(bugprone-use-after-move)
        co_await std::move(one);
    };
    EXPECT_THROW(sync_wait(awaits_twice()), std::logic_error);
}

TEST(task, its_frame_is_gone_when_it_was_awaited) {
    const pel_test::watchdog guard;
    const auto fails = [](live_object) -> task<> {
        throw std::runtime_error("fails");
        co_return;
    };
    const auto looks = [&]() -> task<> {
        bool has_begun = false;
        task<int> one = takes(live_object(1), &has_begun);
        EXPECT_EQ(co_await std::move(one), 1);
        EXPECT_EQ(live_object::count, 0);
        task<> other = fails(live_object(2));
        EXPECT_EQ(live_object::count, 1);
        try {
            co_await std::move(other);
            ADD_FAILURE();
        } catch (const std::runtime_error&) {
        }
        EXPECT_EQ(live_object::count, 0);
    };
    sync_wait(looks());
}

TEST(task, a_coroutine_may_be_a_member_or_a_lambda_that_captures) {
    const pel_test::watchdog guard;
    struct counter {
        int value = 0;
        task<int> add(int n) {
            value += n;
            co_return value;
        }
    } counts;
    int outside = 0;
    const auto captures = [&](int n) -> task<> {
        co_await counts.add(n);
        outside += co_await counts.add(n);
    };
    sync_wait(captures(2));
    EXPECT_EQ(outside, 4);
}

} // namespace coro_task_test
