// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: loops
#include <pel/parallel_for.hpp>
#include <pel/task_group.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>
#include <numeric>
#include <random>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

namespace parallel_for_test {

using pel::par;
using pel::parallel_for;

/// Whether [0, n) is covered once.
bool covers(pel::thread_pool& pool, std::size_t n) {
    std::vector<std::uint8_t> hits(n);
    parallel_for(par.on(pool), std::size_t{0}, n, [&](std::size_t i) { ++hits[i]; });
    return std::ranges::all_of(hits, [](std::uint8_t count) { return count == 1; });
}

class parallel_for_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(parallel_for_on);

TEST_P(parallel_for_on, every_index_is_visited_once_for_sizes_up_to_200) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (std::size_t n = 0; n <= 200; ++n) ASSERT_TRUE(covers(pool, n)) << n;
    pool.execute([&] {
        for (std::size_t n = 0; n <= 200; ++n) ASSERT_TRUE(covers(pool, n)) << n << " on a worker";
    });
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_on, every_index_is_visited_once_for_random_sizes) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 40; ++round) {
        const std::size_t n = random() % pel_test::scaled(1'000'000);
        ASSERT_TRUE(covers(pool, n)) << n;
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_on, uneven_bodies_are_visited_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 20; ++round) {
        std::vector<std::atomic<int>> hits(300);
        parallel_for(par.on(pool), 0, 300, [&](int i) {
            for (volatile int spin = 0; spin < (i % 37 == 0 ? 40'000 : 10);) spin = spin + 1;
            ++hits[static_cast<std::size_t>(i)];
        });
        ASSERT_TRUE(std::ranges::all_of(hits, [](const auto& count) { return count == 1; }));
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_on, loops_nest_three_deep) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::vector<std::atomic<int>> hits(20 * 20 * 20);
    parallel_for(par.on(pool), 0, 20, [&](int i) {
        parallel_for(0, 20, [&, i](int j) {
            parallel_for(0, 20, [&, i, j](int k) { ++hits[static_cast<std::size_t>((i * 20 + j) * 20 + k)]; });
        });
    });
    EXPECT_TRUE(std::ranges::all_of(hits, [](const auto& count) { return count == 1; }));
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_on, an_exception_reaches_the_caller_and_the_pool_stays_usable) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(1'000); ++round) {
        std::atomic<int> running{0};
        try {
            parallel_for(par.on(pool), 0, 1000, [&](int i) {
                ++running;
                if (i % 100 == 99) {
                    --running;
                    throw i;
                }
                --running;
            });
            FAIL() << "no exception";
        } catch (int i) {
            ASSERT_EQ(i % 100, 99);
        }
        ASSERT_EQ(running, 0) << "nothing runs after the throw";
    }
    ASSERT_TRUE(covers(pool, 1000));
    pel_test::expect_balanced(pool);
}

template <class First, class Last>
void expect_sum(First first, Last last, long long expected_count, long long expected_sum) {
    using index = std::common_type_t<First, Last>;
    std::atomic<long long> count{0};
    std::atomic<long long> sum{0};
    parallel_for(first, last, [&](auto i) {
        static_assert(std::is_same_v<decltype(i), index>);
        ++count;
        sum += static_cast<long long>(i);
    });
    EXPECT_EQ(count, expected_count);
    EXPECT_EQ(sum, expected_sum);
}

TEST(parallel_for, mixes_integral_types) {
    const pel_test::watchdog guard;
    expect_sum(0, 10U, 10, 45);
    expect_sum(0, std::size_t{10}, 10, 45);
    expect_sum(0L, 10, 10, 45);
    expect_sum(short{-5}, short{5}, 10, -5);
    expect_sum(static_cast<unsigned char>(0), static_cast<unsigned char>(200), 200, 19900);
    expect_sum(static_cast<signed char>(-128), static_cast<signed char>(127), 255, -255);
    expect_sum(char16_t{0}, char16_t{10}, 10, 45);
}

TEST(parallel_for, ranges_may_be_negative_and_empty_ones_call_nothing) {
    const pel_test::watchdog guard;
    expect_sum(-1000, -500, 500, -375250);
    expect_sum(-3, 3L, 6, -3);
    expect_sum(5, 5, 0, 0);
    expect_sum(5, -5, 0, 0);
    expect_sum(std::numeric_limits<int>::max() - 3, std::numeric_limits<int>::max(), 3,
               3LL * std::numeric_limits<int>::max() - 6);
    expect_sum(std::numeric_limits<long long>::min(), std::numeric_limits<long long>::min() + 1, 1,
               std::numeric_limits<long long>::min());
    expect_sum(std::numeric_limits<std::uint64_t>::max() - 2, std::numeric_limits<std::uint64_t>::max(), 2, -5);
}

TEST(parallel_for, a_range_wider_than_the_positive_numbers_can_be_left_early) {
    const pel_test::watchdog guard;
    EXPECT_THROW(parallel_for(std::numeric_limits<long long>::min(), std::numeric_limits<long long>::max(),
                              [](long long i) {
                                  EXPECT_LT(i, std::numeric_limits<long long>::max());
                                  throw 1;
                              }),
                 int);
}

__extension__ using wide = __int128;

/// Compares with the plain loop over wide numbers.
template <class First, class Last, class Step>
void expect_steps(First first, Last last, Step step) {
    using index = std::common_type_t<First, Last>;
    std::vector<index> expected;
    const auto from = static_cast<wide>(static_cast<index>(first));
    const auto to = static_cast<wide>(static_cast<index>(last));
    const auto by = static_cast<wide>(step);
    for (wide i = from; by > 0 ? i < to : i > to; i += by) expected.push_back(static_cast<index>(i));
    std::mutex guard;
    std::vector<index> seen;
    parallel_for(first, last, step, [&](auto i) {
        static_assert(std::is_same_v<decltype(i), index>);
        const std::lock_guard hold(guard);
        seen.push_back(i);
    });
    std::ranges::sort(seen);
    std::ranges::sort(expected);
    EXPECT_EQ(seen, expected) << +first << ' ' << +last << ' ' << +step;
}

TEST(parallel_for, steps_are_taken_up_and_down) {
    const pel_test::watchdog guard;
    for (const int step : {1, 2, 3, 7, 99, 100, 101, std::numeric_limits<int>::max()}) {
        expect_steps(0, 100, step);
        expect_steps(-50, 50, step);
        expect_steps(100, 0, -step);
        expect_steps(50, -50L, -step);
        expect_steps(100, 0, step);
        expect_steps(0, 100, -step);
        expect_steps(5, 5, step);
        expect_steps(0U, 100U, step);
        expect_steps(100U, std::size_t{0}, -step);
        expect_steps(0, 100, static_cast<unsigned>(step));
    }
}

TEST(parallel_for, steps_do_not_overflow_at_the_limits_of_the_type) {
    const pel_test::watchdog guard;
    using ints = std::numeric_limits<int>;
    using longs = std::numeric_limits<long long>;
    using unsigneds = std::numeric_limits<std::uint64_t>;
    expect_steps(ints::max() - 10, ints::max(), 3);
    expect_steps(ints::min() + 10, ints::min(), -3);
    expect_steps(ints::min(), ints::max(), ints::max());
    expect_steps(ints::max(), ints::min(), ints::min());
    expect_steps(longs::min(), longs::max(), longs::max() / 3);
    expect_steps(longs::max(), longs::min(), longs::min());
    expect_steps(std::uint64_t{0}, unsigneds::max(), unsigneds::max() / 5);
    expect_steps(std::uint64_t{0}, unsigneds::max(), unsigneds::max());
    expect_steps(unsigneds::max(), std::uint64_t{0}, longs::min());
    expect_steps(static_cast<signed char>(-128), static_cast<signed char>(127), static_cast<signed char>(127));
    expect_steps(static_cast<signed char>(127), static_cast<signed char>(-128), static_cast<signed char>(-128));
    expect_steps(static_cast<unsigned char>(250), static_cast<unsigned char>(255), 100'000);
}

TEST(parallel_for, a_grain_may_be_any_number) {
    for (const std::uint64_t grain : {~std::uint64_t{0}, ~std::uint64_t{0} / 3 * 2 + 1, std::uint64_t{1} << 63}) {
        std::atomic<int> items{0}, wrong{0};
        pel::parallel_for(par.grain(grain), 0, 1000, [&](int i) { i < 1000 ? ++items : ++wrong; });
        EXPECT_EQ(items, 1000) << grain;
        EXPECT_EQ(wrong, 0) << grain;
    }
}

TEST(parallel_for, step_0_is_refused_also_for_nothing) {
    EXPECT_THROW(parallel_for(0, 10, 0, [](int) {}), std::invalid_argument);
    EXPECT_THROW(parallel_for(par, 0, 0, 0U, [](int) {}), std::invalid_argument);
    EXPECT_THROW(parallel_for(pel::seq, 10, 0, 0L, [](int) {}), std::invalid_argument);
}

TEST(parallel_for, iterators_are_handed_to_the_body) {
    const pel_test::watchdog guard;
    std::vector<int> values(1000);
    parallel_for(values.begin(), values.end(), [&](auto it) { *it = static_cast<int>(it - values.begin()); });
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(values[static_cast<std::size_t>(i)], i);
    parallel_for(par, values.data(), values.data() + 500, [](int* each) { *each += 1; });
    EXPECT_EQ(values[499], 500);
    EXPECT_EQ(values[500], 500);
    parallel_for(pel::seq, values.rbegin(), values.rend(), [](auto it) { *it = 7; });
    EXPECT_TRUE(std::ranges::all_of(values, [](int each) { return each == 7; }));
    std::deque<int> many(100);
    parallel_for(many.begin(), many.end(), [calls = 0](std::deque<int>::iterator it) mutable { *it = 1 + 0 * calls; });
    EXPECT_EQ(std::accumulate(many.begin(), many.end(), 0), 100);
    parallel_for(many.end(), many.begin(), [](auto) { FAIL(); });
    parallel_for(many.begin(), many.begin(), [](auto) { FAIL(); });
}

TEST(parallel_for, iterators_take_steps) {
    const pel_test::watchdog guard;
    std::vector<int> values(1000);
    parallel_for(values.begin(), values.end(), 7, [&](auto it) { *it = static_cast<int>(it - values.begin()); });
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(values[static_cast<std::size_t>(i)], i % 7 == 0 ? i : 0);
    std::deque<int> down(100);
    int calls = 0;
    parallel_for(pel::seq, down.end() - 1, down.begin(), -9, [&](std::deque<int>::iterator it) { *it = ++calls; });
    for (std::size_t i = 0; i < 99; ++i) EXPECT_EQ(down[99 - i], i % 9 == 0 ? static_cast<int>(i) / 9 + 1 : 0);
    EXPECT_EQ(down[0], 0) << "the end is not part of it";
    parallel_for(values.data(), values.data() + 1000, 1000U, [](int* each) { *each = -1; });
    EXPECT_EQ(values[0], -1);
    EXPECT_EQ(values[7], 7);
    parallel_for(values.begin(), values.end(), -1, [](auto) { FAIL(); });
    EXPECT_THROW(parallel_for(values.begin(), values.end(), 0, [](auto) {}), std::invalid_argument);
    std::atomic<long> sum{0};
    const auto numbers = std::views::iota(1L, 101L); // their distances are wider than 64 bits
    parallel_for(numbers.begin(), numbers.end(), 2, [&](auto it) { sum += *it; });
    EXPECT_EQ(sum, 2500);
    parallel_for(numbers.begin() + 99, numbers.begin(), -2, [&](auto it) { sum -= *it; });
    EXPECT_EQ(sum, 2500 - 2550) << "100 and each second one before it, down to 2";
}

TEST(parallel_for, the_body_is_called_in_place) {
    const pel_test::watchdog guard;
    struct body_type {
        std::atomic<int> calls{0};
        void operator()(int) { ++calls; }
    } body;
    parallel_for(0, 100, body);
    EXPECT_EQ(body.calls, 100);
    const auto constant = [&](int) { ++body.calls; };
    parallel_for(par, 0, 100, constant);
    EXPECT_EQ(body.calls, 200);
    parallel_for(0, 100, 2, body);
    EXPECT_EQ(body.calls, 250);
}

TEST(parallel_for, a_loop_in_a_cancelled_group_throws_operation_cancelled) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    std::atomic<bool> was_thrown{false};
    std::atomic<unsigned> bodies{0};
    group.run([&] {
        try {
            parallel_for(0, 100'000'000, [&](int i) {
                if (i == 0) group.cancel();
                ++bodies;
            });
        } catch (const pel::operation_cancelled&) {
            was_thrown = true;
            throw;
        }
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled) << "what the cancellation caused is no error of its own";
    EXPECT_TRUE(was_thrown);
    EXPECT_LT(bodies, 50'000'000U);
}

TEST(parallel_for, a_loop_that_is_complete_when_its_group_is_cancelled_does_not_throw) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    pel::task_group group(pool);
    std::atomic<int> bodies{0};
    group.run([&] {
        parallel_for(0, 10, [&](int) { // who waits for the group may run half of it, so any body may be the last
            if (++bodies == 10) group.cancel();
        });
    });
    EXPECT_EQ(group.wait(), pel::group_status::cancelled);
    EXPECT_EQ(bodies, 10);
}

TEST(parallel_for, the_policy_names_the_pool_also_inside_another) {
    pel::thread_pool inner(2);
    pel::thread_pool outer(2);
    const pel_test::watchdog guard(inner);
    // Bodies long enough to wake a thread; only the inner pool may start one.
    outer.execute([&] {
        pel_test::await([&] {
            parallel_for(par.on(inner), 0, 100, [&](int) {
                for (volatile int spin = 0; spin < 10'000;) spin = spin + 1;
            });
            return inner.stats().threads_started != 0;
        });
    });
    EXPECT_EQ(outer.stats().threads_started, 0U);
    pel_test::expect_balanced(inner);
}

} // namespace parallel_for_test
