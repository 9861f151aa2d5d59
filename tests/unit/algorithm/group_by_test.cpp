// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/group_by.hpp>
#include <pel/algorithm/histogram.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace group_by_test {

using pel::par;
using pel_test::keyed;
using pel_test::order;

class group_by_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(group_by_with);

TEST_P(group_by_with, groups_and_their_elements_keep_their_order) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 4, 300'000)) {
        for (const order kind : {order::random, order::few_distinct, order::sorted, order::all_equal}) {
            std::vector<keyed> elements;
            for (const std::uint32_t key : pel_test::numbers_in(kind, n, random))
                elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
            std::vector<std::pair<std::string, std::vector<keyed>>> expected;
            std::unordered_map<std::uint32_t, std::size_t> group_of;
            for (const keyed& each : elements) {
                const auto [place, is_new] = group_of.try_emplace(each.key, expected.size());
                if (is_new) expected.push_back({std::to_string(each.key), {}});
                expected[place->second].second.push_back(each);
            }
            ASSERT_EQ(pel::group_by(par.on(pool), elements, [](const keyed& each) { return std::to_string(each.key); }),
                      expected)
                << n;
        }
    }
}

TEST_P(group_by_with, a_key_of_nearly_all_elements_and_keys_that_come_late_are_grouped) {
    const std::uint64_t n = 200'000; // several chunks
    for (const std::uint32_t keys : {3U, 20'000U}) {
        std::vector<keyed> elements;
        std::vector<std::vector<keyed>> expected;
        std::unordered_map<std::uint32_t, std::size_t> group_of;
        for (std::uint32_t each = 0; each < n; ++each) {
            elements.push_back({each % 8 != 0 || each < n / 2 ? 0 : static_cast<std::uint32_t>(random() % keys), each});
            const auto [place, is_new] = group_of.try_emplace(elements.back().key, expected.size());
            if (is_new) expected.emplace_back();
            expected[place->second].push_back(elements.back());
        }
        const auto groups = pel::group_by(par.on(pool), elements, &keyed::key);
        ASSERT_EQ(groups.size(), expected.size());
        for (std::size_t each = 0; each < groups.size(); ++each) {
            EXPECT_EQ(groups[each].first, expected[each][0].key);
            ASSERT_EQ(groups[each].second, expected[each]);
        }
    }
}

TEST_P(group_by_with, duplicates_go_where_a_value_was_before) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 4, 300'000)) {
        for (const order kind : {order::random, order::few_distinct, order::sorted, order::organ_pipe}) {
            const auto numbers = pel_test::numbers_in(kind, n, random);
            std::vector<std::uint32_t> expected;
            std::vector<bool> was(n + 9);
            for (const std::uint32_t each : numbers) {
                if (!was[each]) expected.push_back(each);
                was[each] = true;
            }
            ASSERT_EQ(pel::remove_duplicates(par.on(pool), numbers), expected) << n;
        }
    }
}

TEST_P(group_by_with, takes_iterators) {
    const auto numbers = pel_test::numbers_in(order::few_distinct, 20'000, random);
    const auto first = numbers.begin() + 3, last = numbers.end() - 4;
    const std::vector<std::uint32_t> part(first, last);
    EXPECT_EQ(pel::group_by(par.on(pool), first, last, std::identity()),
              pel::group_by(pel::seq, part, std::identity()));
    EXPECT_EQ(pel::remove_duplicates(par.on(pool), first, last), pel::remove_duplicates(pel::seq, part));
    std::vector<std::uint64_t> counts(8);
    for (const std::uint32_t each : part) ++counts[each];
    EXPECT_EQ(pel::histogram(par.on(pool), first, last, 8), counts);
}

TEST(group_by, takes_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    const auto numbers = pel_test::numbers_in(order::random, pel_test::scaled(1'000'000), random);
    const std::uint64_t kinds = numbers.size() / 16;
    const auto kind = [kinds](std::uint32_t each) { return each % kinds; };
    std::vector<std::vector<std::uint32_t>> expected(kinds);
    std::vector<std::uint64_t> order_of_keys;
    for (const std::uint32_t each : numbers) {
        if (expected[kind(each)].empty()) order_of_keys.push_back(kind(each));
        expected[kind(each)].push_back(each);
    }
    const auto groups = pel::group_by(par.on(pool), numbers, kind);
    ASSERT_EQ(groups.size(), order_of_keys.size());
    for (std::size_t each = 0; each < groups.size(); ++each) {
        ASSERT_EQ(groups[each].first, order_of_keys[each]);
        ASSERT_EQ(groups[each].second, expected[groups[each].first]);
    }
}

TEST_P(group_by_with, a_hash_that_throws_is_heard) {
    const std::vector<int> numbers(pel_test::scaled(200'000), 1);
    const auto bad_hash = [](int) -> std::size_t { throw std::runtime_error("no"); };
    EXPECT_THROW(pel::group_by(par.on(pool), numbers, std::identity(), bad_hash), std::runtime_error);
    EXPECT_EQ(pel::remove_duplicates(par.on(pool), numbers), std::vector<int>{1});
}

TEST_P(group_by_with, histograms_count) {
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

TEST_P(group_by_with, values_of_each_kind_are_combined_in_their_order) {
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

} // namespace group_by_test
