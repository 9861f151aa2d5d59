// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sums
#include <pel/algorithm/segmented.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/sums.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmented_test {

using pel::par;
using pel::seq;

class segmented_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(segmented_with);

/// Returns: where `segments` segments of n values end, from `begin` on: at random places, so that some are empty; or
/// one has nearly everything.
std::vector<std::uint32_t> random_offsets(std::uint64_t n, std::uint64_t segments, bool has_large,
                                          std::mt19937_64& random) {
    std::vector<std::uint32_t> offsets(segments + 1, 0);
    for (std::uint32_t& each : offsets) {
        const std::uint64_t place = random() % (n + 1);
        each = static_cast<std::uint32_t>(!has_large ? place : place % 2 == 0 ? n - n / 50 : n / 50);
    }
    std::ranges::sort(offsets);
    offsets.back() = static_cast<std::uint32_t>(n);
    return offsets;
}

template <class T>
std::vector<T> reduced_in_order(const std::vector<T>& values, const std::vector<std::uint32_t>& offsets,
                                const T& init) {
    std::vector<T> results;
    for (std::size_t k = 0; k + 1 < offsets.size(); ++k)
        results.push_back(std::accumulate(values.begin() + offsets[k], values.begin() + offsets[k + 1], init));
    return results;
}

TEST_P(segmented_with, each_segment_is_reduced) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 4)) {
        const auto values = pel_test::numbers_in(pel_test::order::random, n, random);
        for (const std::uint64_t segments : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, n / 3, 2 * n}) {
            const auto offsets = random_offsets(n, segments, segments % 2 != 0, random);
            std::vector<std::uint32_t> got(segments);
            ASSERT_EQ(pel::segmented_reduce(par.on(pool), values, offsets, got.begin(), 3U), got.end());
            ASSERT_EQ(got, reduced_in_order(values, offsets, 3U)) << n << " values, segments: " << segments;
        }
    }
}

// Strings do not commute.
TEST_P(segmented_with, keeps_the_order_of_values) {
    const auto words = pel_test::values_in<std::vector<std::string>>(pel_test::order::sorted, 900, random);
    for (const std::uint64_t segments : {1UL, 30UL, 2'000UL}) {
        const auto offsets = random_offsets(words.size(), segments, segments == 30, random);
        const auto expected = reduced_in_order(words, offsets, std::string("> "));
        for (const auto& policy : {par.on(pool).grain(1), par.on(pool).grain(5).deterministic()}) {
            std::vector<std::string> got(segments);
            pel::segmented_reduce(policy, words.begin(), offsets.begin(), offsets.end(), got.begin(),
                                  std::string("> "));
            EXPECT_EQ(got, expected) << segments;
        }
    }
}

TEST_P(segmented_with, other_iterators_are_read_in_order) {
    const std::list<int> values{9, 1, 2, 3, 4};
    const std::vector<int> offsets{1, 3, 3, 5};
    std::vector<int> out;
    pel::segmented_reduce(par.on(pool), values, offsets, std::back_inserter(out));
    EXPECT_EQ(out, (std::vector<int>{3, 0, 7}));
    out.clear();
    pel::segmented_reduce(seq, std::vector<int>{9, 1, 2, 3, 4}, offsets, std::back_inserter(out), 2,
                          std::multiplies<>());
    EXPECT_EQ(out, (std::vector<int>{4, 2, 24}));
    pel::segmented_reduce(par.on(pool), values, std::vector<int>{}, out.begin());
    EXPECT_EQ(out.front(), 4);
    const std::vector<int> copy(values.begin(), values.end());
    pel::segmented_reduce(par.on(pool), copy, offsets, out.begin());
    EXPECT_EQ(out, (std::vector<int>{3, 0, 7}));
}

TEST(segmented, deterministic_results_are_the_same_bits_on_every_pool) {
    std::mt19937_64 random{std::random_device{}()};
    const std::uint64_t n = pel_test::scaled(200'000);
    const auto values = pel_test::wild_numbers(n, random);
    const auto offsets = random_offsets(n, n / 100, true, random);
    auto keys = pel_test::numbers_in(pel_test::order::few_distinct, n, random);
    std::fill_n(keys.begin(), n / 2, 1U);
    std::vector<double> expected;
    for (const unsigned threads : {1U, 2U, 3U, 7U, 7U}) {
        pel::thread_pool pool(threads);
        std::vector<double> got(n + n / 100);
        std::vector<std::uint32_t> keys_out(n);
        const auto policy = par.on(pool).deterministic();
        const auto out = pel::segmented_reduce(policy, values, offsets, got.begin(), 0.25);
        pel::reduce_by_key(policy, keys, values, keys_out.begin(), out);
        if (threads == 1) expected = got;
        ASSERT_EQ(got, expected) << threads;
    }
}

template <class T>
std::pair<std::vector<std::uint32_t>, std::vector<T>> runs_in_order(const std::vector<std::uint32_t>& keys,
                                                                    const std::vector<T>& values) {
    std::pair<std::vector<std::uint32_t>, std::vector<T>> runs;
    for (std::size_t i = 0; i != keys.size(); ++i) {
        if (i != 0 && keys[i] == keys[i - 1]) {
            runs.second.back() += values[i];
        } else {
            runs.first.push_back(keys[i]);
            runs.second.push_back(values[i]);
        }
    }
    return runs;
}

TEST_P(segmented_with, runs_of_equal_keys_are_reduced) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 4)) {
        const auto values = pel_test::numbers_in(pel_test::order::random, n, random);
        for (const std::uint32_t longest : {1U, 10U, 100'000U}) {
            std::vector<std::uint32_t> keys(n);
            for (std::uint64_t i = 0, left = 0; i != n; ++i) {
                if (left == 0) left = 1 + random() % longest;
                keys[i] = i == 0 ? 0 : keys[i - 1] + (--left == 0 ? 1U : 0U);
            }
            const auto expected = runs_in_order(keys, values);
            std::vector<std::uint32_t> keys_out(n), values_out(n);
            const auto ends = pel::reduce_by_key(par.on(pool), keys, values, keys_out.begin(), values_out.begin());
            keys_out.erase(ends.first, keys_out.end());
            values_out.erase(ends.second, values_out.end());
            ASSERT_EQ(keys_out, expected.first) << n;
            ASSERT_EQ(values_out, expected.second) << n;
        }
    }
}

TEST_P(segmented_with, runs_keep_the_order_of_values) {
    const auto words = pel_test::values_in<std::vector<std::string>>(pel_test::order::sorted, 900, random);
    std::vector<std::uint32_t> keys(words.size());
    for (std::size_t i = 0; i != keys.size(); ++i) keys[i] = i < 300 ? 1 : static_cast<std::uint32_t>(random() % 2);
    const auto expected = runs_in_order(keys, words);
    for (const auto& policy : {par.on(pool).grain(1), par.on(pool).grain(5).deterministic()}) {
        std::vector<std::uint32_t> keys_out(words.size());
        std::vector<std::string> values_out(words.size());
        const auto ends =
            pel::reduce_by_key(policy, keys.begin(), keys.end(), words.begin(), keys_out.begin(), values_out.begin());
        values_out.erase(ends.second, values_out.end());
        EXPECT_EQ(values_out, expected.second);
    }
}

TEST_P(segmented_with, keys_are_compared_and_values_combined_as_is_said) {
    const std::vector<int> keys{1, -1, 2, -2, 2, 3};
    const std::list<int> values{1, 2, 3, 4, 5, 6};
    const auto same_size = [](int a, int b) { return a == b || a == -b; };
    std::vector<int> keys_out, values_out;
    pel::reduce_by_key(par.on(pool), keys, values, std::back_inserter(keys_out), std::back_inserter(values_out),
                       same_size, std::multiplies<>());
    EXPECT_EQ(keys_out, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(values_out, (std::vector<int>{2, 60, 6}));
    // What is written says what is added up.
    const std::vector<std::uint8_t> bytes(1'000, 200);
    std::vector<std::uint64_t> sums(1);
    const std::vector<char> same_keys(1'000, 'k');
    std::string key(1, ' ');
    const auto ends = pel::reduce_by_key(par.on(pool), same_keys, bytes, key.begin(), sums.begin());
    EXPECT_EQ(ends.first, key.end());
    EXPECT_EQ(ends.second, sums.end());
    EXPECT_EQ(sums.front(), 200'000U);
}

TEST(reduce_by_key, compares_each_key_about_twice_where_groupings_are_to_be_the_same) {
    constexpr std::uint32_t n = 1 << 17, chunk = 256;
    std::vector<std::uint32_t> keys(n), keys_out(n), values(n, 1), values_out(n);
    for (std::uint32_t i = 0; i != n; ++i)
        keys[i] = (i + chunk - 1) / chunk; // a run begins behind a chunk's first element
    std::atomic<std::uint64_t> calls{0};
    const auto equal = [&calls](std::uint32_t a, std::uint32_t b) {
        calls.fetch_add(1, std::memory_order_relaxed);
        return a == b;
    };
    pel::thread_pool pool(2);
    const auto ends =
        pel::reduce_by_key(par.on(pool).deterministic(), keys, values, keys_out.begin(), values_out.begin(), equal);
    EXPECT_EQ(ends.first - keys_out.begin(), n / chunk + 1);
    EXPECT_LE(calls.load(), 2 * n + n / chunk * 32);
}

TEST_P(segmented_with, a_stop_arrives) {
    std::stop_source source;
    source.request_stop();
    const auto stopped = par.on(pool).stop(source.get_token());
    const std::vector<std::uint32_t> values(100'000, 1);
    std::vector<std::uint32_t> keys_out(1), out(1);
    EXPECT_THROW(pel::segmented_reduce(stopped, values, std::vector<std::uint64_t>{0, 100'000}, out.begin()),
                 pel::operation_cancelled);
    EXPECT_THROW(pel::reduce_by_key(stopped, values, values, keys_out.begin(), out.begin()), pel::operation_cancelled);
}

TEST_P(segmented_with, an_exception_arrives_and_the_pool_goes_on) {
    const std::uint64_t n = pel_test::scaled(100'000);
    std::vector<int> values(n, 1), out(1), keys_out(1);
    values.back() = -1;
    const auto plus_or_throw = [](int x, int y) { return y < 0 ? throw std::runtime_error("no") : x + y; };
    const std::vector<std::uint64_t> offsets{0, n};
    EXPECT_THROW(pel::segmented_reduce(par.on(pool), values, offsets, out.begin(), 0, plus_or_throw),
                 std::runtime_error);
    EXPECT_THROW(pel::reduce_by_key(par.on(pool), std::vector<int>(n, 5), values, keys_out.begin(), out.begin(),
                                    std::equal_to<>(), plus_or_throw),
                 std::runtime_error);
    pel::segmented_reduce(par.on(pool), values, offsets, out.begin());
    EXPECT_EQ(out.front(), static_cast<int>(n) - 2);
}

TEST_P(segmented_with, keys_that_are_written_in_order_refer_to_the_range) {
    const std::vector<std::string> words{"a word that is long enough", "a word that is long enough", "another"};
    const std::vector<int> ones(3, 1);
    const auto is_right = [&](const auto& keys, const auto& values) {
        return keys[0].data() == words[0].data() && keys[1].data() == words[2].data() && values[0] == 2 &&
               values[1] == 1;
    };
    std::vector<std::string_view> appended, written(2);
    std::vector<int> appended_values, values(2);
    pel::reduce_by_key(par.on(pool), words, ones, std::back_inserter(appended), std::back_inserter(appended_values));
    EXPECT_TRUE(is_right(appended, appended_values));
    pel::reduce_by_key(seq, words, ones, written.begin(), values.begin());
    EXPECT_TRUE(is_right(written, values));
    std::istringstream in("a a b");
    std::vector<std::string> read;
    pel::reduce_by_key(std::istream_iterator<std::string>(in), std::istream_iterator<std::string>(), ones.begin(),
                       std::back_inserter(read), values.begin());
    EXPECT_EQ(read, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(values, (std::vector<int>{2, 1}));
}

} // namespace segmented_test
