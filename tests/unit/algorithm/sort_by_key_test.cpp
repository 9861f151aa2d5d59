// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/sort_by_key.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace sort_by_key_test {

using pel::par;

class sort_by_key_with : public pel_test::with_threads {
protected:
    template <class Key, class Compare>
    void sorts_both(Compare compare) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, 100'000)) {
            for (const auto kind : {pel_test::order::random, pel_test::order::few_distinct}) {
                const auto numbers = pel_test::numbers_in(kind, n, random);
                std::vector<std::pair<Key, std::uint32_t>> expected;
                std::vector<Key> keys;
                std::vector<pel_test::move_only> values;
                for (const std::uint32_t number : numbers) {
                    keys.push_back(pel_test::value_of<Key>(number));
                    values.emplace_back(static_cast<std::uint32_t>(values.size()));
                    expected.push_back({keys.back(), *values.back().value});
                }
                std::ranges::sort(expected, [&](const auto& a, const auto& b) {
                    return compare(a.first, b.first) || (!compare(b.first, a.first) && a.second < b.second);
                });
                ASSERT_EQ(pel::sort_by_key(par.on(pool), keys, values, compare), values.end());
                for (std::uint64_t each = 0; each < n; ++each) {
                    ASSERT_EQ(keys[each], expected[each].first);
                    ASSERT_EQ(*values[each].value, expected[each].second);
                }
            }
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(sort_by_key_with);

TEST_P(sort_by_key_with, numbers) { sorts_both<float>(std::ranges::greater()); }
TEST_P(sort_by_key_with, strings) { sorts_both<std::string>(std::ranges::less()); }

TEST_P(sort_by_key_with, nothing_has_moved_when_a_comparison_throws) {
    for (const std::uint32_t n : {2U, 40U, 20'000U}) {
        std::vector<pel_test::move_only> keys, values;
        for (const std::uint32_t number : pel_test::numbers_in(pel_test::order::random, n, random)) {
            keys.emplace_back(number);
            values.emplace_back(static_cast<std::uint32_t>(values.size()));
        }
        const auto addresses = [](const std::vector<pel_test::move_only>& elements) {
            std::vector<const std::uint32_t*> all;
            for (const pel_test::move_only& each : elements) all.push_back(each.value.get());
            return all;
        };
        const auto old_keys = addresses(keys), old_values = addresses(values);
        for (const std::uint64_t calls : {std::uint64_t{0}, random() % n, std::uint64_t{n} - 2}) {
            std::atomic<std::uint64_t> left{calls};
            const auto less = [&left](const pel_test::move_only& a, const pel_test::move_only& b) {
                return left.fetch_sub(1) == 0 ? throw std::runtime_error("no") : a < b;
            };
            const auto limited = par.on(pool).grain(100);
            if (n == 2 && calls != 0) continue; // sorted by one
            EXPECT_THROW(pel::sort_by_key(limited, keys.begin(), keys.end(), values.begin(), less), std::runtime_error);
            ASSERT_EQ(addresses(keys), old_keys) << n << ' ' << calls;
            ASSERT_EQ(addresses(values), old_values) << n << ' ' << calls;
        }
    }
}

TEST_P(sort_by_key_with, takes_iterators) {
    auto keys = pel_test::values_in<std::vector<float>>(pel_test::order::random, 3'000, random);
    auto numbers = keys, expected = keys;
    std::ranges::sort(expected.begin() + 7, expected.end() - 9, std::greater<>());
    std::vector<pel_test::move_only> values(3'000);
    for (std::uint32_t each = 0; each < 3'000; ++each) values[each] = pel_test::move_only(each);
    const auto end = pel::sort_by_key(par.on(pool), numbers.begin() + 7, numbers.end() - 9, values.begin() + 7,
                                      std::ranges::greater());
    EXPECT_EQ(end, values.end() - 9);
    EXPECT_EQ(numbers, expected);
    for (std::size_t each = 0; each < 3'000; ++each) ASSERT_EQ(keys[*values[each].value], numbers[each]);
}

TEST(sort_by_key, takes_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    const std::uint64_t n = pel_test::scaled(1'000'000);
    auto keys = pel_test::values_in<std::vector<float>>(pel_test::order::random, n, random);
    const auto old = keys;
    std::vector<std::uint32_t> values(n);
    std::iota(values.begin(), values.end(), 0U);
    pel::sort_by_key(par.on(pool), keys, values, std::ranges::greater());
    for (std::size_t each = 0; each < n; ++each) ASSERT_EQ(old[values[each]], keys[each]);
    for (std::size_t each = 1; each < n; ++each) // stable
        ASSERT_TRUE(keys[each - 1] > keys[each] || (keys[each - 1] == keys[each] && values[each - 1] < values[each]));
}

template <class Key, class Value>
void moves_pairs(pel::thread_pool& pool, std::uint64_t n, std::mt19937_64& random) {
    const auto numbers = pel_test::numbers_in(pel_test::order::few_distinct, n, random);
    std::vector<std::pair<Key, std::size_t>> expected; // with the number of the value
    std::deque<Key> keys;
    std::vector<Value> values;
    for (const std::uint32_t number : numbers) {
        keys.push_back(static_cast<Key>(number));
        values.push_back(Value{static_cast<std::uint16_t>(values.size() % 65'000)});
        expected.push_back({keys.back(), values.size() - 1});
    }
    std::ranges::sort(expected);
    const std::vector<Value> old = values;
    pel::sort_by_key(par.on(pool), keys, values);
    for (std::uint64_t each = 0; each < n; ++each) {
        ASSERT_EQ(keys[each], expected[each].first);
        ASSERT_EQ(values[each], old[expected[each].second]);
    }
}
struct large_value {
    std::uint32_t number;
    char more[30] = {};
    friend bool operator==(const large_value&, const large_value&) = default;
};

TEST_P(sort_by_key_with, numbers_and_small_values_as_they_are_and_large_ones_by_their_numbers) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 2, 100'000)) {
        moves_pairs<std::uint8_t, std::uint16_t>(pool, n, random);
        moves_pairs<std::int64_t, std::uint64_t>(pool, n, random);
        moves_pairs<double, char16_t>(pool, n, random);
        moves_pairs<int, large_value>(pool, n, random);
    }
}

struct small_value {
    std::uint32_t number;
};
struct stops_after {
    std::atomic<int>* left;
    bool stop_requested() const noexcept { return left->fetch_sub(1) <= 0; }
};

/// Stopped at every look until one is too late.
template <class Value>
void stops_everywhere(pel::thread_pool& pool, const std::vector<std::uint32_t>& old) {
    bool is_stopped = true;
    for (int looks = 0; is_stopped; looks += 1 + looks / 2) {
        std::vector<Value> values(old.size());
        for (std::size_t each = 0; each < old.size(); ++each) values[each].number = static_cast<std::uint32_t>(each);
        auto keys = old;
        std::atomic<int> left{looks};
        try {
            pel::sort_by_key(par.on(pool).stop(stops_after{&left}), keys, values);
            is_stopped = false;
        } catch (const pel::operation_cancelled&) {
        }
        for (std::size_t each = 0; each < old.size(); ++each) ASSERT_EQ(old[values[each].number], keys[each]) << looks;
        std::ranges::sort(values, std::less<>(), &Value::number);
        for (std::size_t each = 0; each < old.size(); ++each) ASSERT_EQ(values[each].number, each) << looks;
    }
}

TEST_P(sort_by_key_with, each_value_is_with_its_key_when_it_is_cancelled) {
    const auto old = pel_test::numbers_in(pel_test::order::random, pel_test::scaled(100'000), random);
    stops_everywhere<small_value>(pool, old);
    stops_everywhere<large_value>(pool, old);
}

TEST(permute_in_place, brings_each_element_to_its_place) {
    std::mt19937_64 random{std::random_device{}()};
    for (const std::size_t n : {0U, 1U, 2U, 3U, 10U, 1'000U}) {
        std::vector<std::uint32_t> order(n);
        std::iota(order.begin(), order.end(), 0U);
        std::shuffle(order.begin(), order.end(), random);
        const auto old = order;
        std::vector<pel_test::move_only> values;
        for (std::uint32_t each = 0; each < n; ++each) values.emplace_back(each);
        pel::detail::permute_in_place(values.begin(), order);
        for (std::size_t each = 0; each < n; ++each) {
            ASSERT_EQ(*values[each].value, old[each]);
            ASSERT_EQ(order[each], each);
        }
    }
}

TEST_P(sort_by_key_with, wants_as_many_values_as_keys) {
    std::vector<int> keys{2, 1}, values{1, 2, 3};
    EXPECT_THROW(pel::sort_by_key(par.on(pool), keys, values), std::invalid_argument);
    EXPECT_EQ(keys, (std::vector<int>{2, 1}));
}

} // namespace sort_by_key_test
