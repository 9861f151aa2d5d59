// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/reduce_groups.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reduce_groups_test {

using pel::par;
using pel_test::keyed;
using pel_test::order;

class reduce_groups_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};

    std::vector<keyed> elements_of(order kind, std::uint64_t n) {
        std::vector<keyed> elements;
        for (const std::uint32_t key : pel_test::numbers_in(kind, n, random))
            elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
        return elements;
    }
};
PEL_WITH_ALL_THREADS(reduce_groups_with);

template <class Groups>
Groups by_key(Groups groups) {
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return groups;
}

/// Returns: the same, from left to right; in the order of keys.
template <class Key, class T>
auto reduced_in_order(const std::vector<keyed>& elements, const auto& key, const auto& value, const auto& op) {
    std::vector<std::pair<Key, T>> groups;
    std::unordered_map<std::uint32_t, std::size_t> group_of;
    for (const keyed& each : elements) {
        const auto [place, is_new] = group_of.try_emplace(each.key, groups.size());
        if (is_new)
            groups.push_back({key(each), value(each)});
        else
            groups[place->second].second = op(groups[place->second].second, value(each));
    }
    return by_key(groups);
}

TEST_P(reduce_groups_with, values_are_combined_in_their_order) {
    const auto key = [](const keyed& each) { return std::to_string(each.key); };
    const auto value = [](const keyed& each) { return std::to_string(each.position % 10); };
    // Not commutative; and no longer than it must be.
    const auto joined = [](const std::string& a, const std::string& b) {
        const std::string both = a + b;
        return both.size() <= 20 ? both : both.substr(0, 10) + both.substr(both.size() - 10);
    };
    for (const std::uint64_t n : pel_test::input_sizes(random, 3, 300'000)) {
        for (const order kind : {order::random, order::few_distinct, order::sorted, order::all_equal}) {
            const auto elements = elements_of(kind, n);
            ASSERT_EQ(by_key(pel::reduce_groups(par.on(pool), elements, key, value, joined)),
                      (reduced_in_order<std::string, std::string>(elements, key, value, joined)))
                << n;
        }
    }
}

TEST_P(reduce_groups_with, keys_that_are_numbers_are_kept_and_compared) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3, 300'000)) {
        for (const order kind : {order::random, order::few_distinct, order::organ_pipe}) {
            const auto elements = elements_of(kind, n);
            const auto value = [](const keyed& each) { return std::uint64_t{each.position}; };
            ASSERT_EQ(by_key(pel::reduce_groups(par.on(pool), elements, &keyed::key, value)),
                      (reduced_in_order<std::uint32_t, std::uint64_t>(
                          elements, [](const keyed& each) { return each.key; }, value, std::plus<>())))
                << n;
        }
    }
    const std::vector<double> zeros{0.0, -0.0, 1.0, 0.0};
    using counts = std::vector<std::pair<double, int>>;
    EXPECT_EQ(pel::reduce_groups(par.on(pool), zeros, std::identity(), [](double) { return 1; }),
              (counts{{0.0, 3}, {1.0, 1}}));
}

TEST_P(reduce_groups_with, elements_of_each_key_are_counted) {
    const std::vector<std::string> words =
        pel_test::values_in<std::vector<std::string>>(pel_test::order::few_distinct, 20'000, random);
    std::uint64_t all = 0;
    for (const auto& [word, times] : pel::histogram_by_key(par.on(pool), words)) {
        ASSERT_EQ(times, static_cast<std::uint64_t>(std::ranges::count(words, word)));
        all += times;
    }
    EXPECT_EQ(all, words.size());
    const auto lengths = pel::histogram_by_key(words.begin(), words.end(), &std::string::size);
    ASSERT_EQ(lengths.size(), 1U);
    EXPECT_EQ(lengths.front(), std::pair(std::size_t{8}, std::uint64_t{20'000}));
}

TEST_P(reduce_groups_with, groups_that_seem_few_may_be_many) {
    std::vector<keyed> elements;
    for (std::uint32_t each = 0; each < pel_test::scaled(300'000); ++each)
        elements.push_back({random() % 10 != 0 ? 0 : each + 1, 1});
    EXPECT_EQ(by_key(pel::reduce_groups(par.on(pool), elements, &keyed::key, &keyed::position)),
              (reduced_in_order<std::uint32_t, std::uint32_t>(elements, std::mem_fn(&keyed::key),
                                                              std::mem_fn(&keyed::position), std::plus<>())));
}

TEST_P(reduce_groups_with, the_same_bits_come_out_with_any_number_of_threads) {
    for (const std::uint32_t keys : {5U, 100'000U}) {
        std::vector<std::pair<std::uint32_t, double>> elements;
        for (std::uint64_t each = 0; each < pel_test::scaled(300'000); ++each)
            elements.push_back({static_cast<std::uint32_t>(random() % keys), 1.0 / static_cast<double>(each + 1)});
        const auto key = [](const auto& each) { return each.first; };
        const auto value = [](const auto& each) { return each.second; };
        EXPECT_EQ(pel::reduce_groups(par.on(pool), elements, key, value), // no NaNs: equal values are equal bits
                  pel::reduce_groups(pel::seq, elements, key, value));
    }
}

TEST(reduce_groups, takes_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    const auto numbers = pel_test::numbers_in(order::random, pel_test::scaled(1'000'000), random);
    for (const std::uint64_t keys : {std::uint64_t{100}, std::uint64_t{numbers.size() / 3}}) {
        std::vector<std::uint64_t> expected(keys);
        for (const std::uint32_t each : numbers) expected[each % keys] += each + 1;
        const auto groups = pel::reduce_groups(
            par.on(pool), numbers, [keys](std::uint32_t each) { return each % keys; },
            [](std::uint32_t each) { return std::uint64_t{each} + 1; });
        for (const auto& [key, sum] : groups) ASSERT_EQ(std::exchange(expected[key], 0), sum) << key;
        EXPECT_EQ(std::ranges::count(expected, 0U), static_cast<std::ptrdiff_t>(keys));
    }
}

TEST_P(reduce_groups_with, the_range_is_only_read) {
    std::vector<std::pair<int, std::string>> words;
    for (int each = 0; each < 1000; ++each) words.emplace_back(each % 7, std::string(100, 'a'));
    const auto before = words;
    const auto longest = [](const std::string& a, const std::string& b) { return a.size() < b.size() ? b : a; };
    const auto groups =
        pel::reduce_groups(par.on(pool), words.begin(), words.end(), &std::pair<int, std::string>::first,
                           &std::pair<int, std::string>::second, longest);
    EXPECT_EQ(groups.size(), 7U);
    EXPECT_EQ(words, before);
}

TEST_P(reduce_groups_with, bits_are_values_too) {
    const std::vector<int> numbers{1, 2, 3, 4, 5};
    using found = std::vector<std::pair<bool, bool>>;
    const auto is_odd = [](int each) { return each % 2 == 1; };
    const auto is_large = [](int each) { return each > 4; };
    EXPECT_EQ(pel::reduce_groups(par.on(pool), numbers, is_odd, is_large, std::logical_or<>()),
              (found{{true, true}, {false, false}}));
    const std::vector<bool> constant(2'000, true);
    std::vector<bool> bits = constant;
    bits[7] = false;
    EXPECT_EQ(pel::reduce_groups(par.on(pool), bits, std::identity(), std::identity(), std::logical_and<>()),
              (found{{true, true}, {false, false}}));
    EXPECT_EQ(pel::histogram_by_key(par.on(pool), bits),
              (std::vector<std::pair<bool, std::uint64_t>>{{true, 1'999}, {false, 1}}));
}

TEST(reduce_groups, keys_of_one_hash_are_told_apart) {
    pel::thread_pool pool(2);
    std::atomic<std::uint64_t> hashes{0};
    const auto hash = [&](std::uint32_t key) {
        hashes.fetch_add(1, std::memory_order_relaxed);
        return std::size_t{key % 3};
    };
    const auto check = [&](std::uint64_t n, const auto& key) {
        std::vector<keyed> elements;
        for (std::uint32_t each = 0; each < n; ++each) elements.push_back({key(each), each});
        hashes = 0;
        ASSERT_EQ(
            by_key(pel::reduce_groups(par.on(pool), elements, &keyed::key, &keyed::position, std::plus<>(), hash)),
            (reduced_in_order<std::uint32_t, std::uint32_t>(elements, std::mem_fn(&keyed::key),
                                                            std::mem_fn(&keyed::position), std::plus<>())));
        EXPECT_LE(hashes.load(), 5 * n);
    };
    check(20'000, [](std::uint32_t each) { return each * 7 % 301; });
    check(200'000, [](std::uint32_t each) { return each * 7 % 20; });                 // few
    check(140'000, [](std::uint32_t each) { return each % 14 == 0 ? each + 1 : 0; }); // many
}

TEST_P(reduce_groups_with, a_stop_arrives) {
    std::stop_source source;
    source.request_stop();
    const std::vector<int> numbers(200'000, 1);
    EXPECT_THROW(pel::reduce_groups(par.on(pool).stop(source.get_token()), numbers, std::identity(), std::identity()),
                 pel::operation_cancelled);
}

TEST_P(reduce_groups_with, what_throws_is_heard) {
    const std::vector<int> numbers(pel_test::scaled(200'000), 1);
    const auto throws = [](int) -> int { throw std::runtime_error("no"); };
    EXPECT_THROW(pel::reduce_groups(par.on(pool), numbers, throws, std::identity()), std::runtime_error);
    EXPECT_THROW(pel::reduce_groups(par.on(pool), numbers, std::identity(), throws), std::runtime_error);
}

TEST_P(reduce_groups_with, values_may_be_parts_of_elements_that_are_made_as_they_are_read) {
    for (const int groups : {3, 50'000}) {
        const auto made = std::views::iota(0, 100'000) | std::views::transform([groups](int i) {
                              return std::pair(i % groups, "a text that is long enough " + std::to_string(i % groups));
                          });
        const auto longest = pel::reduce_groups(
            par.on(pool), made, [](const auto& each) { return each.first; }, &std::pair<int, std::string>::second,
            [](const std::string& a, const std::string& b) { return std::max(a, b); });
        ASSERT_EQ(longest.size(), static_cast<std::size_t>(groups));
        for (const auto& [key, text] : longest) ASSERT_EQ(text, "a text that is long enough " + std::to_string(key));
    }
}

/// Bytes that may only be moved, and bytes that may not be assigned.
struct price {
    explicit price(int its) : cents(its) {}
    price(price&&) = default;
    price& operator=(price&&) = default;
    int cents;
};
struct article {
    const int number;
    bool operator==(const article&) const = default;
};
static_assert(std::is_trivially_copyable_v<price> && std::is_trivially_copyable_v<article>);

TEST_P(reduce_groups_with, keys_and_values_that_are_bytes_may_be_neither_copied_nor_assigned) {
    const auto hash = [](const article& its) { return static_cast<std::size_t>(its.number); };
    for (const int groups : {3, 30'000}) {
        std::vector<article> articles;
        for (int i = 0; i < 60'000; ++i) articles.push_back({i % groups});
        const auto sums = pel::reduce_groups(
            par.on(pool), articles, &article::number, [](const article& its) { return price(its.number); },
            [](price a, price b) { return price(a.cents + b.cents); });
        ASSERT_EQ(sums.size(), static_cast<std::size_t>(groups));
        for (const auto& [number, sum] : sums) ASSERT_EQ(sum.cents, number * (60'000 / groups));
        const auto counts = pel::histogram_by_key(par.on(pool), articles, std::identity(), hash);
        ASSERT_EQ(counts.size(), static_cast<std::size_t>(groups));
        for (const auto& [its, count] : counts) ASSERT_EQ(count, 60'000U / static_cast<unsigned>(groups));
    }
}

} // namespace reduce_groups_test
