// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: coroutines
#include <pel/coro/schedule.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_any.hpp>

#include "support/aligned_number.hpp"
#include "support/error_of.hpp"
#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/watchdog.hpp"
#include "support/with_coroutines.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace when_any_test {

using pel::sync_wait;
using pel::task;
using pel::when_any;
using pel_test::live_object;

task<int> number(int n) { co_return n; }
task<> nothing() { co_return; }
task<std::string> text() { co_return "text"; }
task<std::unique_ptr<int>> owned(int n) { co_return std::make_unique<int>(n); }
task<int> throws() {
    co_await pel::yield();
    throw std::runtime_error("the first");
    co_return 0;
}
/// Ends when it is told to stop, and only then.
task<int> until_stopped(std::atomic<int>& told) {
    const live_object local;
    const std::stop_token token = co_await pel::get_stop_token();
    while (!token.stop_requested()) co_await pel::yield();
    ++told;
    co_return -1;
}

class when_any_on : public pel_test::with_coroutines {};
PEL_ON_ALL_SHAPES(when_any_on);

task<> one_wins(std::atomic<int>& told) {
    auto first = co_await when_any(number(5), until_stopped(told));
    static_assert(std::is_same_v<decltype(first.value), std::variant<int, int>>);
    EXPECT_EQ(first.index, 0U);
    EXPECT_EQ(std::get<0>(first.value), 5);
    auto middle = co_await when_any(until_stopped(told), text(), until_stopped(told));
    EXPECT_EQ(middle.index, 1U);
    EXPECT_EQ(std::get<1>(middle.value), "text");
    auto last = co_await when_any(until_stopped(told), nothing());
    EXPECT_EQ(last.index, 1U);
    static_assert(std::is_same_v<std::variant_alternative_t<1, decltype(last.value)>, std::monostate>);
    auto alone = co_await when_any(owned(3));
    EXPECT_EQ(*std::get<0>(alone.value), 3);
}

TEST_P(when_any_on, the_first_to_end_wins_and_the_others_are_told) {
    std::atomic<int> told{0};
    run(one_wins(told));
    EXPECT_LE(told, 4);
}

task<> may_begin(std::atomic<int>& begun, live_object) {
    ++begun;
    co_return;
}

task<std::size_t> winner_of_three(std::atomic<int>& begun) {
    auto result = co_await when_any(may_begin(begun, live_object()), may_begin(begun, live_object()),
                                    may_begin(begun, live_object()));
    co_return result.index;
}

TEST_P(when_any_on, some_may_not_even_begin) {
    for (int i = 0; i < 100; ++i) {
        std::atomic<int> begun{0};
        EXPECT_LT(run(winner_of_three(begun)), 3U);
        EXPECT_GE(begun, 1);
        EXPECT_EQ(live_object::count, 0);
    }
}

TEST(when_any, those_that_have_not_begun_are_dropped) {
    pel::thread_pool_options options;
    options.concurrency = options.max_threads = 1; // nobody else can begin them
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    std::atomic<int> begun{0};
    EXPECT_EQ(pool.submit([&] { return sync_wait(winner_of_three(begun)); }).get(), 0U);
    EXPECT_EQ(begun, 1);
    EXPECT_EQ(live_object::count, 0);
}

task<> exception_wins(std::atomic<int>& told) { co_await when_any(until_stopped(told), throws(), until_stopped(told)); }

TEST_P(when_any_on, an_exception_wins_too) {
    for (int i = 0; i < 20; ++i) {
        std::atomic<int> told{0};
        EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { run(exception_wins(told)); }), "the first");
        EXPECT_EQ(live_object::count, 0);
    }
}

/// A loser that does not look is waited for.
task<> slow(pel_test::gate& at, bool& has_ended) {
    const live_object local;
    co_await at;
    has_ended = true;
}

task<> all_have_ended(pel_test::gate& at, std::atomic<bool>& is_won) {
    bool has_ended = false;
    const auto wins = [](pel_test::gate& wait_for, std::atomic<bool>& says) -> task<int> {
        while (wait_for.waiting() == 0) co_await pel::yield();
        says = true;
        co_return 1;
    };
    auto result = co_await when_any(slow(at, has_ended), wins(at, is_won));
    EXPECT_EQ(result.index, 1U);
    EXPECT_TRUE(has_ended);
}

TEST_P(when_any_on, it_goes_on_when_all_have_ended) {
    pel_test::gate at;
    std::atomic<bool> is_won{false};
    std::thread other([&] {
        pel_test::await([&] { return is_won.load(); });
        at.open();
    });
    run(all_have_ended(at, is_won));
    other.join();
}

task<int> inner_race(std::atomic<int>& told, int n) {
    auto won = co_await when_any(until_stopped(told), number(n));
    const std::stop_token token = co_await pel::get_stop_token(); // of what is around again
    EXPECT_EQ(won.index, 1U);
    EXPECT_FALSE(token.stop_requested());
    co_return std::get<1>(won.value);
}
task<int> loses_inside(std::atomic<int>& told) {
    auto never = co_await when_any(until_stopped(told), until_stopped(told));
    co_return -static_cast<int>(never.index) - 10;
}
task<int> nested(std::atomic<int>& told) {
    const int first = co_await inner_race(told, 4);
    auto won = co_await when_any(loses_inside(told), number(first));
    EXPECT_EQ(won.index, 1U);
    auto both = co_await pel::when_all(inner_race(told, 1), inner_race(told, 2));
    co_return std::get<1>(won.value) * 100 + std::get<0>(both) * 10 + std::get<1>(both);
}

TEST_P(when_any_on, they_nest) {
    for (int i = 0; i < 20; ++i) {
        std::atomic<int> told{0};
        EXPECT_EQ(run(nested(told)), 412);
        EXPECT_EQ(live_object::count, 0);
    }
}

task<> asks_after_the_race(std::atomic<int>& told) {
    (void)co_await when_any(until_stopped(told), number(1));
    EXPECT_FALSE((co_await pel::get_stop_token()).stop_requested());
    auto [left, right] = co_await pel::when_all(number(1), number(2)); // children of what is around
    EXPECT_EQ(left + right, 3);
}

TEST_P(when_any_on, what_follows_is_not_cancelled) {
    std::atomic<int> told{0};
    for (int i = 0; i < 20; ++i) run(asks_after_the_race(told));
}

TEST_P(when_any_on, what_is_not_awaited_is_dropped) {
    std::atomic<int> told{0};
    {
        auto race = when_any(until_stopped(told), until_stopped(told));
        EXPECT_TRUE(race.valid());
    }
    EXPECT_EQ(told, 0);
    EXPECT_THROW((void)when_any(number(1), task<int>()), std::logic_error);
}

/// Its `at`th move throws.
struct throws_at_move {
    int* rest;
    explicit throws_at_move(int& at) : rest(&at) {}
    throws_at_move(throws_at_move&& other) : rest(other.rest) {
        if (--*rest == 0) throw std::runtime_error("of a move");
    }
};
task<throws_at_move> moved(int& at) { co_return throws_at_move(at); }
task<> race_of_moved(int& at) { (void)co_await when_any(moved(at)); }

TEST_P(when_any_on, an_exception_of_the_results_move_goes_on) {
    int moves = 0;
    for (int at = 1;; ++at) {
        int rest = at;
        const std::string error = pel_test::error_of<std::exception>([&] { run(race_of_moved(rest)); });
        if (rest > 0) {
            EXPECT_EQ(error, "no error");
            break; // it has not come to that
        }
        EXPECT_EQ(error, "of a move") << at;
        ++moves;
    }
    EXPECT_GE(moves, 2);
}

task<int&> reference(int& to) { co_return to; }
task<const int> constant() { co_return 5; }

task<> race_of_references(int& x) {
    auto first = co_await when_any(reference(x));
    static_assert(std::is_same_v<decltype(first.value), std::variant<std::reference_wrapper<int>>>);
    EXPECT_EQ(&std::get<0>(first.value).get(), &x);
    auto second = co_await when_any(constant());
    EXPECT_EQ(std::get<0>(second.value), 5);
}

TEST_P(when_any_on, references_come_wrapped) {
    int x = 1;
    run(race_of_references(x));
}

std::vector<task<int>> one_of_many(std::size_t size, std::size_t winner, std::atomic<int>& told) {
    std::vector<task<int>> runners;
    for (std::size_t i = 0; i < size; ++i)
        runners.push_back(i == winner ? number(static_cast<int>(i)) : until_stopped(told));
    return runners;
}
task<> range_has_a_winner(std::size_t size, std::size_t winner) {
    std::atomic<int> told{0};
    auto won = co_await when_any(one_of_many(size, winner, told));
    static_assert(std::is_same_v<decltype(won), pel::when_any_range_result<int>>);
    EXPECT_EQ(won.index, winner);
    EXPECT_EQ(won.value, static_cast<int>(winner));
    EXPECT_LT(told, static_cast<int>(size));
}

TEST_P(when_any_on, of_a_range_one_wins_whatever_its_size) {
    for (const std::size_t size : {1U, 2U, 12U, 13U, 32U, 33U, 100U}) {
        for (const std::size_t winner : {std::size_t{0}, size / 2, size - 1}) {
            run(range_has_a_winner(size, winner));
            EXPECT_EQ(live_object::count, 0);
        }
    }
}

task<> ranges_of_all_kinds(int& x) {
    std::deque<task<>> of_nothing;
    of_nothing.push_back(nothing());
    of_nothing.push_back(nothing());
    auto first = co_await when_any(of_nothing);
    static_assert(std::is_same_v<decltype(first.value), std::monostate>);
    EXPECT_LT(first.index, 2U);
    EXPECT_FALSE(of_nothing[0].valid());
    std::vector<task<int&>> of_references;
    of_references.push_back(reference(x));
    auto second = co_await when_any(std::move(of_references));
    EXPECT_EQ(&second.value.get(), &x);
    std::vector<task<std::unique_ptr<int>>> of_owners;
    of_owners.push_back(owned(3));
    of_owners.push_back(owned(3));
    EXPECT_EQ(*(co_await when_any(of_owners)).value, 3);
}

TEST_P(when_any_on, a_range_may_be_of_any_type_and_results_what_they_like) {
    int x = 1;
    run(ranges_of_all_kinds(x));
}

task<> exception_wins_in_a_range(std::atomic<int>& told) {
    auto runners = one_of_many(40, 40, told);
    runners[17] = throws();
    co_await when_any(std::move(runners));
}

TEST_P(when_any_on, an_exception_wins_in_a_range_too) {
    std::atomic<int> told{0};
    EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { run(exception_wins_in_a_range(told)); }), "the first");
}

TEST(when_any, an_empty_range_and_an_empty_task_in_one_are_errors) {
    EXPECT_EQ(pel_test::error_of<std::invalid_argument>([] { (void)when_any(std::vector<task<int>>()); }),
              "pel::when_any: of no coroutine");
    std::vector<task<int>> one_is_empty(2);
    one_is_empty[0] = number(1);
    EXPECT_THROW((void)when_any(std::move(one_is_empty)), std::logic_error);
}

template <std::size_t Alignment>
task<pel_test::aligned_number<Alignment>> aligned(int n) {
    co_return pel_test::aligned_number<Alignment>(n);
}
template <std::size_t Alignment>
void expect_in_place() {
    const auto first = sync_wait(when_any(aligned<Alignment>(5), aligned<Alignment>(5)));
    EXPECT_EQ(std::visit([](const auto& one) { return one.value; }, first.value), 5);
    std::vector<task<pel_test::aligned_number<Alignment>>> several;
    for (int i = 0; i < 3; ++i) several.push_back(aligned<Alignment>(7));
    EXPECT_EQ(sync_wait(when_any(std::move(several))).value.value, 7);
    EXPECT_EQ(pel_test::aligned_number<Alignment>::misplaced, 0);
}

TEST(when_any, results_may_be_aligned_to_more_than_frames) {
    const pel_test::watchdog guard;
    for (int i = 0; i < 10; ++i) {
        expect_in_place<64>();
        expect_in_place<128>();
        expect_in_place<1024>();
    }
}

/// Awaited: the group of who awaits it.
struct group_of_this {
    using resumes_in_its_pool = void;

    const pel::detail::scope* group = nullptr;
    static bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> asking) noexcept {
        group = asking.promise().home;
        return false;
    }
    const pel::detail::scope* await_resume() const noexcept { return group; }
};
/// Ends on its thread when the other one, on another thread, has begun.
task<> awaits_the_other(std::atomic<bool>& other_has_begun, std::atomic<bool>& has_ended) {
    pel_test::await([&] { return other_has_begun.load(); });
    has_ended = true;
    co_return;
}
task<> is_the_last(std::atomic<bool>& has_begun, std::atomic<bool>& other_has_ended,
                   std::atomic<const pel::detail::scope*>& race) {
    race = co_await group_of_this();
    EXPECT_NE(pel::detail::current_worker->serving.get().inside, nullptr);
    has_begun = true;
    pel_test::await([&] { return other_has_ended.load(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // so that the other one has been counted
}
task<bool> goes_on_where_the_last_one_was_stolen() {
    std::atomic<bool> has_begun{false}, has_ended{false};
    std::atomic<const pel::detail::scope*> race{nullptr};
    const std::thread::id here = std::this_thread::get_id();
    (void)co_await when_any(awaits_the_other(has_begun, has_ended), is_the_last(has_begun, has_ended, race));
    const pel::detail::worker& own = *pel::detail::current_worker;
    EXPECT_EQ(own.innermost, co_await group_of_this());
    EXPECT_NE(own.serving.get().inside, race.load()) << "another group may come to lie there";
    co_return here != std::this_thread::get_id();
}

TEST(when_any, what_follows_is_not_served_as_part_of_it) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const bool has_moved = pel_test::await_for(std::chrono::seconds(20), [&] {
        return pool.execute([] { return sync_wait(goes_on_where_the_last_one_was_stolen()); });
    });
    EXPECT_TRUE(has_moved);
}

} // namespace when_any_test
