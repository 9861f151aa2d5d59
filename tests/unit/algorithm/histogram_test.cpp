// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/histogram.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace histogram_test {

using pel::par;
using pel::seq;
using pel_test::order;

class histogram_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(histogram_with);

TEST_P(histogram_with, histograms_count) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto numbers = pel_test::numbers_in(order::random, n, random);
        std::vector<std::uint64_t> expected(n + 1);
        for (const std::uint32_t each : numbers) ++expected[each];
        ASSERT_EQ(pel::histogram(par.on(pool), numbers, n + 1), expected);
        ASSERT_EQ(pel::histogram(par.on(pool), numbers, 2, [](std::uint32_t each) { return each % 2 == 1; })[1],
                  static_cast<std::uint64_t>(std::ranges::count_if(numbers, [](auto each) { return each % 2 == 1; })));
    }
    try {
        (void)pel::histogram(par.on(pool), std::vector<int>{1, -7}, 5);
        FAIL();
    } catch (const std::out_of_range& error) {
        EXPECT_STREQ(error.what(), "pel::histogram: kind -7 is not in [0, 5)");
    }
}

TEST_P(histogram_with, many_kinds_have_a_table_for_each_thread) {
    for (const std::size_t kinds : {2'047U, 2'048U, 70'000U}) {
        for (const std::size_t n : {0U, 1U, 3U, 1'000U, 300'000U}) {
            std::vector<std::int64_t> numbers(n);
            std::vector<std::uint64_t> expected(kinds);
            for (std::int64_t& each : numbers)
                ++expected[static_cast<std::size_t>(each = static_cast<std::int64_t>(random() % kinds))];
            ASSERT_EQ(pel::histogram(par.on(pool), numbers, kinds), expected) << n;
            ASSERT_EQ(pel::histogram(seq, numbers, kinds), expected) << n;
            if (n == 0) continue;
            numbers[random() % n] = random() % 2 == 0 ? -1 : static_cast<std::int64_t>(kinds);
            EXPECT_THROW((void)pel::histogram(par.on(pool), numbers, kinds), std::out_of_range);
        }
    }
}

TEST_P(histogram_with, values_of_each_kind_are_combined_in_their_order) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3, 100'000)) {
        const auto numbers = pel_test::numbers_in(order::random, n, random);
        std::vector<std::string> texts(7);
        std::vector<std::uint64_t> sums(7), greatest(7, 3);
        for (const std::uint32_t each : numbers) {
            if (n <= 2'000) texts[each % 7] += std::to_string(each);
            sums[each % 7] += each;
            greatest[each % 7] = std::max<std::uint64_t>(greatest[each % 7], each);
        }
        const auto kind = [](std::uint32_t number) { return number % 7; };
        const auto number = [](std::uint32_t its) { return std::uint64_t{its}; };
        ASSERT_EQ(pel::reduce_by_index(par.on(pool), numbers, 7, kind, number), sums) << n;
        const auto max = [](std::uint64_t a, std::uint64_t b) { return std::max(a, b); };
        ASSERT_EQ(pel::reduce_by_index(par.on(pool).grain(9), numbers.begin(), numbers.end(), 7, kind, number, max,
                                       std::uint64_t{3}),
                  greatest);
        if (n <= 2'000) {
            const auto text = [](std::uint32_t its) { return std::to_string(its); };
            ASSERT_EQ(pel::reduce_by_index(par.on(pool), numbers, 7, kind, text), texts) << n;
        }
    }
    const std::vector<int> elements{1, 2, 3};
    EXPECT_THROW(pel::reduce_by_index(par.on(pool), elements, 3, std::identity(), std::identity()), std::out_of_range);
}

TEST(reduce_by_index, comes_to_the_same_bits_with_any_number_of_threads_if_deterministic) {
    std::mt19937_64 random{std::random_device{}()};
    std::vector<double> numbers(pel_test::scaled(200'000));
    for (double& each : numbers) each = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 60) - 90);
    const auto kind = [](const double& each) { return std::bit_cast<std::uint64_t>(each) % 11; };
    std::vector<double> expected;
    for (const unsigned threads : {1U, 2U, 3U, 7U}) {
        pel::thread_pool pool(threads);
        for (int round = 0; round != 3; ++round) {
            const auto sums = pel::reduce_by_index(par.on(pool).deterministic(), numbers, 11, kind, std::identity());
            if (expected.empty()) expected = sums;
            ASSERT_EQ(sums, expected) << threads; // the same bits: no zeros, no NaNs
        }
    }
}

TEST_P(histogram_with, takes_iterators_and_bits) {
    const auto numbers = pel_test::numbers_in(order::few_distinct, 20'000, random);
    const std::vector<std::uint32_t> part(numbers.begin() + 3, numbers.end() - 4);
    std::vector<std::uint64_t> counts(8);
    for (const std::uint32_t each : part) ++counts[each];
    EXPECT_EQ(pel::histogram(par.on(pool), numbers.begin() + 3, numbers.end() - 4, 8), counts);

    std::vector<bool> bits(20'000);
    for (std::size_t each = 0; each < bits.size(); ++each) bits[each] = numbers[each] < 3;
    const auto ones = static_cast<std::uint64_t>(std::ranges::count(bits, true));
    EXPECT_EQ(pel::histogram(par.on(pool), bits, 2), (std::vector<std::uint64_t>{20'000 - ones, ones}));
    EXPECT_EQ(pel::reduce_by_index(par.on(pool), bits, 3, std::identity(), std::identity(), std::logical_or<>()),
              (std::vector<bool>{false, true, false}));
}

/// Elements that may only be moved from: what is asked of them is asked of what the iterator gives.
struct moved {
    std::uint32_t number;
};
struct number_of_moved {
    std::uint32_t operator()(moved&& its) const { return its.number; }
};

TEST_P(histogram_with, functions_are_called_with_what_an_iterator_gives) {
    const auto made = std::views::iota(0U, 1'000U) | std::views::transform([](unsigned i) { return moved{i % 5}; });
    EXPECT_EQ(pel::histogram(par.on(pool), made, 5, number_of_moved()), std::vector<std::uint64_t>(5, 200));
    EXPECT_EQ(pel::reduce_by_index(par.on(pool), made, 5, number_of_moved(), number_of_moved()),
              (std::vector<std::uint32_t>{0, 200, 400, 600, 800}));
}

__extension__ using wide = __int128; // an integer only where the compiler's extensions are asked for
static_assert(!std::invocable<pel::detail::histogram_function, const pel::sequenced_policy&, std::vector<wide>&, int>);

TEST_P(histogram_with, a_stop_arrives) {
    std::stop_source source;
    source.request_stop();
    const auto stopped = par.on(pool).stop(source.get_token());
    const std::vector<std::uint32_t> numbers(100'000, 1);
    for (const int kinds : {3, 3'000}) EXPECT_THROW(pel::histogram(stopped, numbers, kinds), pel::operation_cancelled);
    EXPECT_THROW(pel::reduce_by_index(stopped, numbers, 3, std::identity(), std::identity()), pel::operation_cancelled);
}

} // namespace histogram_test
