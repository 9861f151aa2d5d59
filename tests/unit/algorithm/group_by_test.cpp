// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/group_by.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
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
    const std::vector<std::uint32_t> numbers(pel_test::scaled(200'000), 1);
    const auto bad_hash = [](std::uint32_t) -> std::size_t { throw std::runtime_error("no"); };
    EXPECT_THROW(pel::group_by(par.on(pool), numbers, std::identity(), bad_hash), std::runtime_error);
    EXPECT_THROW(pel::remove_duplicates(par.on(pool), numbers, bad_hash), std::runtime_error);
    EXPECT_EQ(pel::remove_duplicates(par.on(pool), numbers), std::vector<std::uint32_t>{1});
}

TEST_P(group_by_with, a_stop_arrives) {
    std::stop_source source;
    source.request_stop();
    const auto stopped = par.on(pool).stop(source.get_token());
    for (const std::uint64_t n : {2'000U, 200'000U}) {
        const std::vector<std::uint32_t> numbers(n, 1);
        EXPECT_THROW(pel::group_by(stopped, numbers, std::identity()), pel::operation_cancelled);
        EXPECT_THROW(pel::remove_duplicates(stopped, numbers), pel::operation_cancelled);
    }
}

TEST(group_by, keys_of_one_hash_are_told_apart) {
    pel::thread_pool pool(2);
    const auto hash = [](std::uint32_t key) { return std::size_t{key % 3}; };
    const auto equal = [](std::uint32_t a, std::uint32_t b) { return a == b; }; // hashes are kept, and not keys
    const auto check = [&](std::uint64_t n, const auto& number) {
        std::vector<std::uint32_t> numbers(n);
        for (std::uint32_t each = 0; each < n; ++each) numbers[each] = number(each);
        ASSERT_EQ(pel::remove_duplicates(par.on(pool), numbers, hash), pel::remove_duplicates(par.on(pool), numbers));
        ASSERT_EQ(pel::group_by(par.on(pool), numbers, std::identity(), hash, equal),
                  pel::group_by(par.on(pool), numbers, std::identity()));
    };
    check(3'000, [](std::uint32_t each) { return each * 7 % 999; });
    check(20'000, [](std::uint32_t each) { return each * 7 % 301; });                 // in several buckets
    check(200'000, [](std::uint32_t each) { return each * 7 % 20; });                 // few
    check(140'000, [](std::uint32_t each) { return each % 14 == 0 ? each + 1 : 0; }); // many, for remove_duplicates
}

TEST(group_by, calls_nothing_more_often_than_is_said) {
    constexpr std::uint32_t n = 1 << 17;
    pel::thread_pool pool(2);
    std::atomic<std::uint64_t> keys{0}, hashes{0}, equals{0};
    const auto counted = [](std::atomic<std::uint64_t>& calls) { calls.fetch_add(1, std::memory_order_relaxed); };
    const auto key = [&](std::uint32_t its) { return counted(keys), its; };
    const auto hash = [&](std::uint32_t its) { return counted(hashes), std::size_t{its}; };
    const auto equal = [&](std::uint32_t a, std::uint32_t b) { return counted(equals), a == b; };
    for (const std::uint32_t different : {500U, n / 2, n}) {
        std::vector<std::uint32_t> numbers(n);
        for (std::uint32_t each = 0; each < n; ++each) numbers[each] = each * 7'919 % different;
        keys = hashes = equals = 0;
        EXPECT_EQ(pel::group_by(par.on(pool), numbers, key, hash, equal).size(), different);
        EXPECT_LE(keys.load(), 5 * n) << different;
        EXPECT_LE(hashes.load(), 5 * n) << different;
        EXPECT_LE(equals.load(), n + n / 4) << different;
    }
}

TEST_P(group_by_with, bits_are_elements_too) {
    for (const std::size_t n : {1'000U, 150'000U}) {
        std::vector<bool> bits(n);
        for (std::size_t each = 0; each < n; ++each) bits[each] = each % 3 != 1;
        EXPECT_EQ(pel::remove_duplicates(par.on(pool), bits), (std::vector<bool>{true, false}));
        const auto groups = pel::group_by(par.on(pool), bits, std::identity());
        ASSERT_EQ(groups.size(), 2U);
        EXPECT_EQ(groups[0], (std::pair(true, std::vector<bool>(n - (n + 1) / 3, true))));
        EXPECT_EQ(groups[1], (std::pair(false, std::vector<bool>((n + 1) / 3, false))));
    }
}

} // namespace group_by_test
