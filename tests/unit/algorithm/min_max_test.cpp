// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sums
#include <pel/algorithm/min_max.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace min_max_test {

using pel::par;
using pel::seq;

class min_max_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(min_max_with);

TEST_P(min_max_with, says_what_std_says) {
    for (const pel_test::order order : pel_test::all_orders) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 2, 200'000)) {
            const auto numbers = pel_test::numbers_in(order, n, random);
            const auto first = numbers.begin(), last = numbers.end();
            ASSERT_EQ(pel::min_element(par.on(pool), first, last), std::min_element(first, last)) << n;
            ASSERT_EQ(pel::max_element(par.on(pool), first, last), std::max_element(first, last)) << n;
            ASSERT_EQ(pel::minmax_element(par.on(pool), first, last), std::minmax_element(first, last)) << n;
        }
    }
}

TEST(min_max, is_found_among_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    const auto numbers = pel_test::numbers_in(pel_test::order::random, pel_test::scaled(1'000'000), random);
    const auto first = numbers.begin(), last = numbers.end();
    EXPECT_EQ(pel::min_element(par.on(pool), first, last), std::min_element(first, last));
    EXPECT_EQ(pel::max_element(par.on(pool), first, last), std::max_element(first, last));
    EXPECT_EQ(pel::minmax_element(par.on(pool), first, last), std::minmax_element(first, last));
}

TEST_P(min_max_with, ranges_are_compared_as_they_are_projected) {
    std::vector<pel_test::keyed> elements(3'001);
    for (pel_test::keyed& each : elements) each.key = static_cast<std::uint32_t>(random() % 50);
    const auto key = &pel_test::keyed::key;
    const std::greater<> greater;
    EXPECT_EQ(pel::min_element(par.on(pool), elements, greater, key), std::ranges::min_element(elements, greater, key));
    EXPECT_EQ(pel::max_element(par.on(pool).deterministic(), elements, greater, key),
              std::ranges::max_element(elements, greater, key));
    const auto found = pel::minmax_element(par.on(pool).grain(3), elements, greater, key);
    const auto expected = std::ranges::minmax_element(elements, greater, key);
    EXPECT_EQ(found.min, expected.min);
    EXPECT_EQ(found.max, expected.max);
}

// Also where 1, 2, 3, … threads share, and in every grouping of them.
TEST_P(min_max_with, compares_as_often_as_std_at_most) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3, 100'000)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::random, n, random);
        std::atomic<std::uint64_t> calls{0};
        const auto less = [&](std::uint32_t a, std::uint32_t b) {
            calls.fetch_add(1, std::memory_order_relaxed);
            return a < b;
        };
        const std::uint64_t most = n == 0 ? 0 : n - 1;
        for (const auto& policy : {par.on(pool).grain(1), par.on(pool).grain(1).deterministic()}) {
            (void)pel::min_element(policy, numbers, less);
            ASSERT_LE(calls.exchange(0), most) << n;
            (void)pel::minmax_element(policy, numbers, less);
            ASSERT_LE(calls.exchange(0), 3 * most / 2) << n;
        }
        (void)pel::minmax_element(seq, numbers, less);
        ASSERT_LE(calls.exchange(0), 3 * most / 2) << n;
    }
}

TEST_P(min_max_with, elements_stay_where_they_are) {
    std::vector<pel_test::move_only> numbers;
    for (std::uint32_t i = 0; i != 1'000; ++i) numbers.emplace_back((i + 500) % 1'000);
    EXPECT_EQ(pel::min_element(par.on(pool), numbers), numbers.begin() + 500);
    EXPECT_EQ(pel::max_element(par.on(pool), numbers), numbers.begin() + 499);
    const auto words = pel_test::values_in<std::vector<std::string>>(pel_test::order::random, 2'000, random);
    EXPECT_EQ(pel::minmax_element(par.on(pool), words.begin(), words.end()),
              std::minmax_element(words.begin(), words.end()));

    const std::list<int> list{2, 1, 3, 1, 3};
    EXPECT_EQ(pel::min_element(par.on(pool), list), std::next(list.begin()));
    EXPECT_EQ(pel::max_element(seq, list.begin(), list.end()), std::next(list.begin(), 2));
    EXPECT_EQ(pel::minmax_element(list).max, std::prev(list.end()));
    const auto squares = std::views::iota(0L, 100L) | std::views::transform([](long x) { return (x - 30) * (x - 30); });
    EXPECT_EQ(pel::min_element(par.on(pool), squares) - squares.begin(), 30);
    auto odd = squares | std::views::filter([](long x) { return x % 2 != 0; });
    EXPECT_EQ(*pel::max_element(par.on(pool), odd), 69 * 69);
}

TEST_P(min_max_with, an_exception_arrives_and_the_pool_goes_on) {
    std::vector<int> numbers(pel_test::scaled(100'000), 1);
    numbers.back() = 0;
    const auto refuse = [](int a, int b) { return a == 0 || b == 0 ? throw std::runtime_error("no") : a < b; };
    EXPECT_THROW((void)pel::min_element(par.on(pool), numbers, refuse), std::runtime_error);
    EXPECT_EQ(pel::min_element(par.on(pool), numbers), numbers.end() - 1);
}

} // namespace min_max_test
