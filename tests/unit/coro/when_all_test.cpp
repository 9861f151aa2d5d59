// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: coroutines
#include <pel/coro/schedule.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include "support/error_of.hpp"
#include "support/gate.hpp"
#include "support/live_object.hpp"
#include "support/with_coroutines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace when_all_test {

using pel::sync_wait;
using pel::task;
using pel::when_all;
using pel_test::live_object;

task<int> number(int n) { co_return n; }
task<int> late(int n) {
    for (int i = 0; i < n % 3; ++i) co_await pel::yield();
    co_return n;
}
task<> add_to(std::atomic<int>& sum, int n) {
    sum += n;
    co_return;
}
task<> add_to_nothing() { co_return; }
task<std::string> text() { co_return std::string(100, 'a'); }
task<int&> reference(int& to) { co_return to; }
task<std::unique_ptr<int>> owned(int n) { co_return std::make_unique<int>(n); }
/// Throws its number, if it is to.
task<live_object> throws_if(bool is_to, int n) {
    const live_object local(n);
    if (n % 2 != 0) co_await pel::yield();
    if (is_to) throw std::runtime_error("number " + std::to_string(n));
    co_return local;
}

class when_all_on : public pel_test::with_coroutines {};
PEL_ON_ALL_SHAPES(when_all_on);

task<> mixed_types() {
    int x = 1;
    std::atomic<int> sum{0};
    auto [a, b, c, d, e] = co_await when_all(late(7), add_to(sum, 3), text(), reference(x), owned(4));
    static_assert(std::is_same_v<decltype(b), std::monostate>);
    EXPECT_EQ(a, 7);
    EXPECT_EQ(sum, 3);
    EXPECT_EQ(c.size(), 100U);
    EXPECT_EQ(&d, &x);
    EXPECT_EQ(*e, 4);
    co_await when_all();
    auto [alone] = co_await when_all(late(2));
    EXPECT_EQ(alone, 2);
}

TEST_P(when_all_on, results_of_different_types_come_as_a_tuple) { run(mixed_types()); }

task<long> sum_of(int count) {
    std::vector<task<int>> many;
    for (int i = 0; i < count; ++i) many.push_back(late(i));
    const std::vector<int> results = co_await when_all(std::move(many));
    EXPECT_EQ(results.size(), static_cast<std::size_t>(count));
    long sum = 0;
    for (int i = 0; i < count; ++i) {
        EXPECT_EQ(results[static_cast<std::size_t>(i)], i);
        sum += results[static_cast<std::size_t>(i)];
    }
    co_return sum;
}

TEST_P(when_all_on, a_range_of_any_length_gives_its_results_in_order) {
    for (const int count : {0, 1, 2, 31, 32, 33, 63, 64, 65, 1000})
        EXPECT_EQ(run(sum_of(count)), static_cast<long>(count) * (count - 1) / 2);
}

TEST_P(when_all_on, a_range_of_many) {
    const int count = static_cast<int>(pel_test::scaled(100'000));
    EXPECT_EQ(run(sum_of(count)), static_cast<long>(count) * (count - 1) / 2);
}

task<> other_ranges() {
    std::list<task<>> chain;
    std::atomic<int> sum{0};
    for (int i = 1; i <= 100; ++i) chain.push_back(add_to(sum, i));
    co_await when_all(std::move(chain));
    EXPECT_EQ(sum, 5050);
    task<int> row[] = {number(1), number(2), number(3)};
    const std::vector<int> results = co_await when_all(row);
    EXPECT_EQ(results, (std::vector{1, 2, 3}));
    EXPECT_FALSE(row[0].valid());
    std::vector<task<std::unique_ptr<int>>> owning;
    owning.push_back(owned(1));
    owning.push_back(owned(2));
    std::vector<std::unique_ptr<int>> owners = co_await when_all(std::move(owning));
    EXPECT_EQ(*owners[1], 2);
}

TEST_P(when_all_on, a_range_may_be_of_any_kind) { run(other_ranges()); }

template <class T, std::size_t Count, class Make>
std::array<task<T>, Count> array_of(const Make& make) {
    std::array<task<T>, Count> all;
    for (int i = 0; task<T> & each : all) each = make(i++);
    return all;
}

template <std::size_t Count>
task<> array_in_order() {
    const std::array<int, Count> results = co_await when_all(array_of<int, Count>(late));
    for (std::size_t i = 0; i != Count; ++i) EXPECT_EQ(results[i], static_cast<int>(i));
}

task<> other_arrays() {
    std::atomic<int> sum{0};
    co_await when_all(array_of<void, 10>([&](int i) { return add_to(sum, i); }));
    EXPECT_EQ(sum, 45);
    auto owners = array_of<std::unique_ptr<int>, 3>(owned);
    const std::array<std::unique_ptr<int>, 3> results = co_await when_all(owners);
    EXPECT_EQ(*results[2], 2);
    EXPECT_FALSE(owners[0].valid());
    int x = 1;
    const auto references = co_await when_all(array_of<int&, 2>([&](int) { return reference(x); }));
    static_assert(std::is_same_v<decltype(references), const std::array<std::reference_wrapper<int>, 2>>);
    EXPECT_EQ(&references[1].get(), &x);
}

TEST_P(when_all_on, an_array_gives_an_array) {
    run(array_in_order<1>());
    run(array_in_order<2>());
    run(array_in_order<10>());
    run(array_in_order<100>());
    run(other_arrays());
    EXPECT_EQ(sync_wait(when_all(array_of<int, 2>(late)))[1], 1);
    EXPECT_EQ(sync_wait(when_all(std::array<task<int>, 0>())).size(), 0U);
    EXPECT_THROW((void)when_all(std::array<task<int>, 2>()), std::logic_error);
}

task<> three(int throwing) {
    const live_object local;
    auto [a, b, c] = co_await when_all(throws_if((throwing & 1) != 0, 1), throws_if((throwing & 2) != 0, 2),
                                       throws_if((throwing & 4) != 0, 3));
    EXPECT_EQ(a.number + b.number + c.number, 6);
}

TEST_P(when_all_on, the_exception_of_the_first_in_order_goes_on_when_all_have_ended) {
    for (int throwing = 0; throwing < 8; ++throwing) {
        const int first = (throwing & 1) != 0 ? 1 : (throwing & 2) != 0 ? 2 : 3;
        EXPECT_EQ(pel_test::error_of<std::runtime_error>([&] { run(three(throwing)); }),
                  throwing == 0 ? "no error" : "number " + std::to_string(first));
        EXPECT_EQ(live_object::count, 0);
    }
}

task<> throws_at(int count, std::vector<int> at) {
    std::vector<task<live_object>> many;
    for (int i = 0; i < count; ++i) many.push_back(throws_if(std::find(at.begin(), at.end(), i) != at.end(), i));
    const std::vector<live_object> results = co_await when_all(std::move(many));
    EXPECT_EQ(live_object::count, count);
}

TEST_P(when_all_on, of_a_range_too) {
    for (const int count : {1, 33, 1000}) {
        const int last = count - 1;
        const auto error_at = [&](std::vector<int> at) {
            return pel_test::error_of<std::runtime_error>([&] { run(throws_at(count, std::move(at))); });
        };
        EXPECT_EQ(error_at({0}), "number 0");
        EXPECT_EQ(error_at({last}), "number " + std::to_string(last));
        EXPECT_EQ(error_at({last, last / 2, last / 3}), "number " + std::to_string(last / 3));
        EXPECT_EQ(error_at({}), "no error");
        EXPECT_EQ(live_object::count, 0);
    }
}

template <std::size_t Count>
task<> array_throws_at(std::vector<int> at) {
    const auto results = co_await when_all(array_of<live_object, Count>(
        [&](int i) { return throws_if(std::find(at.begin(), at.end(), i) != at.end(), i); }));
    EXPECT_EQ(live_object::count, static_cast<int>(results.size()));
}

TEST_P(when_all_on, of_an_array_too) {
    const auto error_at = [&](std::vector<int> at) {
        return pel_test::error_of<std::runtime_error>([&] { run(array_throws_at<10>(std::move(at))); });
    };
    EXPECT_EQ(error_at({0}), "number 0");
    EXPECT_EQ(error_at({9}), "number 9");
    EXPECT_EQ(error_at({9, 4, 3}), "number 3");
    EXPECT_EQ(error_at({}), "no error");
    EXPECT_EQ(live_object::count, 0);
}

TEST_P(when_all_on, what_is_not_awaited_is_dropped) {
    const auto drops = []() -> task<> {
        {
            auto array = when_all(array_of<live_object, 3>([](int i) { return throws_if(true, i); }));
            auto pair = when_all(throws_if(true, 1), throws_if(true, 2));
            std::vector<task<live_object>> many;
            many.push_back(throws_if(true, 3));
            auto range = when_all(std::move(many));
        }
        co_return;
    };
    run(drops());
    EXPECT_EQ(live_object::count, 0);
}

task<> two_levels(std::atomic<int>& sum, int width, int depth) {
    if (depth == 0) {
        ++sum;
        if (sum % 7 == 0) co_await pel::yield();
        co_return;
    }
    std::vector<task<>> below;
    for (int i = 0; i < width; ++i) below.push_back(two_levels(sum, width, depth - 1));
    co_await when_all(std::move(below));
}

TEST_P(when_all_on, they_nest) {
    std::atomic<int> sum{0};
    run(two_levels(sum, 4, 5));
    EXPECT_EQ(sum, 1024);
}

task<int> passes(pel_test::gate& at, int n, bool waits) {
    if (waits) co_await at;
    co_return n;
}

/// None, some or all of the children are suspended, and resumed by another thread.
task<int> some_wait(pel_test::gate& at, int which) {
    auto [a, b, c] = co_await when_all(passes(at, 1, (which & 1) != 0), passes(at, 2, (which & 2) != 0),
                                       passes(at, 3, (which & 4) != 0));
    co_return a * 100 + b * 10 + c;
}

TEST_P(when_all_on, children_may_be_suspended_and_resumed_by_any_thread) {
    for (int which = 0; which < 8; ++which) {
        pel_test::gate at;
        const auto count = static_cast<std::size_t>((which & 1) + (which >> 1 & 1) + (which >> 2));
        std::thread other([&] {
            pel_test::await([&] { return at.waiting() == count; });
            at.open();
        });
        EXPECT_EQ(run(some_wait(at, which)), 123);
        other.join();
    }
}

/// Another thread counts them only when the pool is its own: this one calls from outside.
TEST_P(when_all_on, from_a_thread_of_no_pool) {
    std::atomic<int> sum{0};
    sync_wait(two_levels(sum, 3, 3));
    EXPECT_EQ(sum, 27);
}

task<> moved_before() {
    auto all = when_all(late(1), late(2));
    auto other = std::move(all);
    auto [a, b] = co_await std::move(other);
    EXPECT_EQ(a * 10 + b, 12);
    auto [inner, c] = co_await when_all(when_all(late(1), owned(2)), late(3));
    EXPECT_EQ(std::get<0>(inner), 1);
    EXPECT_EQ(*std::get<1>(inner), 2);
    EXPECT_EQ(c, 3);
    auto [deep] = co_await when_all(when_all(when_all(late(4))));
    EXPECT_EQ(std::get<0>(std::get<0>(deep)), 4);
    auto first = co_await pel::when_any(when_all(late(5), late(6)));
    EXPECT_EQ(std::get<1>(std::get<0>(first.value)), 6);
}

TEST_P(when_all_on, what_it_returns_can_be_moved_and_is_awaitable_itself) {
    run(moved_before());
    auto [a, b] = sync_wait(when_all(late(1), add_to_nothing()));
    EXPECT_EQ(a, 1);
    static_assert(std::is_same_v<decltype(b), std::monostate>);
    {
        auto dropped = when_all(throws_if(true, 1), throws_if(true, 2));
        auto other = std::move(dropped);
    }
    EXPECT_EQ(live_object::count, 0);
}

/// Awaits it again, whatever was left of it.
template <class All>
task<bool> refuses(All& spent) {
    bool is_refused = false;
    try {
        (void)co_await std::move(spent);
    } catch (const std::logic_error&) {
        is_refused = true;
    }
    co_return is_refused;
}
template <class Make>
task<> awaits_once(Make make) {
    auto all = make();
    (void)co_await std::move(all);
    EXPECT_TRUE(co_await refuses(all)); // NOLINT(bugprone-use-after-move)
    auto spent = std::move(all);
    EXPECT_TRUE(co_await refuses(all)); // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(co_await refuses(spent));
    auto moved = make();
    auto other = std::move(moved);
    EXPECT_TRUE(co_await refuses(moved)); // NOLINT(bugprone-use-after-move)
    EXPECT_THROW(sync_wait(std::move(moved)), std::logic_error);
    (void)co_await std::move(other);
}

TEST_P(when_all_on, it_is_awaited_once) {
    run(awaits_once([] { return when_all(late(1), owned(2)); }));
    run(awaits_once([] { return when_all(array_of<int, 3>(late)); }));
    for (const int count : {0, 1, 100}) {
        run(awaits_once([count] {
            std::vector<task<live_object>> many;
            for (int i = 0; i < count; ++i) many.push_back(throws_if(false, i));
            return when_all(std::move(many));
        }));
    }
}

task<const int> constant(int n) { co_return n; }
task<const std::unique_ptr<int>> constant_owner(int n) { co_return std::make_unique<int>(n); }

task<> references_and_constants() {
    int x = 1, y = 2;
    std::vector<task<int&>> many;
    many.push_back(reference(x));
    many.push_back(reference(y));
    const std::vector<std::reference_wrapper<int>> results = co_await when_all(std::move(many));
    EXPECT_EQ(&results[0].get(), &x);
    EXPECT_EQ(&results[1].get(), &y);
    std::vector<task<const int>> constants;
    constants.push_back(constant(3));
    const std::vector<int> values = co_await when_all(std::move(constants));
    EXPECT_EQ(values, std::vector<int>{3});
    auto one = co_await constant_owner(4);
    auto [two, three] = co_await when_all(constant_owner(5), constant(6));
    EXPECT_EQ(*one * 100 + *two * 10 + three, 456);
}

TEST_P(when_all_on, results_may_be_references_and_constants) { run(references_and_constants()); }

} // namespace when_all_test
