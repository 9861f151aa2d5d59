// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sums
#include <pel/algorithm/scan.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/sums.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <list>
#include <numeric>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace scan_test {

using pel::par;
using pel::seq;

class scan_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(scan_with);

// Sums of 64 bits from elements of 32.
TEST_P(scan_with, says_what_std_says) {
    using sums = std::vector<std::uint64_t>;
    const auto twice = [](std::uint32_t x) { return std::uint64_t{x} * 2; };
    const std::uint64_t five = 5;
    const std::plus<> plus;
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto from = pel_test::numbers_in(pel_test::order::random, n, random);
        const auto first = from.begin(), last = from.end();
        sums expected(n), got(n);
        std::inclusive_scan(first, last, expected.begin(), plus, five);
        ASSERT_EQ(pel::inclusive_scan(par.on(pool), first, last, got.begin(), plus, five), got.end());
        ASSERT_EQ(got, expected) << n;
        std::exclusive_scan(first, last, expected.begin(), five);
        ASSERT_EQ(pel::exclusive_scan(par.on(pool), from, got.data(), five), got.data() + n);
        ASSERT_EQ(got, expected) << n;
        std::transform_inclusive_scan(first, last, expected.begin(), plus, twice);
        ASSERT_EQ(pel::transform_inclusive_scan(par.on(pool), first, last, got.begin(), plus, twice), got.end());
        ASSERT_EQ(got, expected) << n;
        std::transform_exclusive_scan(first, last, expected.begin(), five, plus, twice);
        ASSERT_EQ(pel::transform_exclusive_scan(par.on(pool).grain(3), from, got.begin(), five, plus, twice),
                  got.end());
        ASSERT_EQ(got, expected) << n;
        got.assign(n, 0);
        ASSERT_EQ(pel::transform_exclusive_scan(par.on(pool), first, last, got.begin(), five, plus, twice), got.end());
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(scan_with, works_in_place) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        const auto from = pel_test::numbers_in(pel_test::order::random, n, random);
        std::vector<std::uint32_t> expected(n);
        auto got = from;
        std::inclusive_scan(from.begin(), from.end(), expected.begin());
        ASSERT_EQ(pel::inclusive_scan(par.on(pool), got, got.begin()), got.end());
        ASSERT_EQ(got, expected) << n;
        got = from;
        std::exclusive_scan(from.begin(), from.end(), expected.begin(), 3U);
        pel::exclusive_scan(par.on(pool), got.begin(), got.end(), got.begin(), 3U);
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(scan_with, adds_floating_point_numbers_up_in_place_and_elsewhere) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        std::vector<double> from(n), expected(n), got(n, -1.0);
        for (double& each : from) each = static_cast<double>(random() % 1000); // sums are exact in any order
        std::inclusive_scan(from.begin(), from.end(), expected.begin(), std::plus<>(), 5.0);
        pel::inclusive_scan(par.on(pool), from, got.begin(), std::plus<>(), 5.0);
        ASSERT_EQ(got, expected) << n;
        std::inclusive_scan(from.begin(), from.end(), expected.begin());
        pel::inclusive_scan(par.on(pool), from, from.begin());
        ASSERT_EQ(from, expected) << n;
    }
}

TEST_P(scan_with, works_on_what_is_larger_than_the_caches) {
    const std::uint64_t n = GetParam() < 3 ? 2'500'000 : 5'000'000; // several segments
    std::vector<std::uint64_t> numbers(n);
    for (std::uint64_t i = 0; i < n; ++i) numbers[i] = i * i;
    auto expected = numbers;
    std::inclusive_scan(expected.begin(), expected.end(), expected.begin());
    ASSERT_EQ(pel::inclusive_scan(par.on(pool), numbers, numbers.begin()), numbers.end());
    EXPECT_TRUE(numbers == expected);
    std::exclusive_scan(expected.begin(), expected.end(), expected.begin(), std::uint64_t{5});
    ASSERT_EQ(pel::exclusive_scan(par.on(pool), numbers, numbers.begin(), std::uint64_t{5}), numbers.end());
    EXPECT_TRUE(numbers == expected);
}

// Strings do not commute.
TEST_P(scan_with, keeps_the_order_of_elements) {
    const auto words = pel_test::values_in<std::deque<std::string>>(pel_test::order::few_distinct, 400, random);
    std::vector<std::string> expected(words.size()), got(words.size());
    std::inclusive_scan(words.begin(), words.end(), expected.begin());
    for (const auto& policy : {par.on(pool).grain(1), par.on(pool).grain(7).deterministic()}) {
        pel::inclusive_scan(policy, words, got.begin());
        EXPECT_EQ(got, expected);
        got.assign(words.size(), "");
    }
    std::exclusive_scan(words.begin(), words.end(), expected.begin(), std::string("> "));
    pel::exclusive_scan(par.on(pool), words, got.begin(), std::string("> "));
    EXPECT_EQ(got, expected);
}

TEST(scan, deterministic_scans_are_the_same_bits_on_every_pool) {
    std::mt19937_64 random{std::random_device{}()};
    const auto half = [](double x) { return x / 2; };
    const std::plus<> plus;
    for (const std::uint64_t n : {40UL, 1'000UL, pel_test::scaled(200'000)}) {
        const auto from = pel_test::wild_numbers(n, random);
        std::vector<double> expected(4 * n);
        for (const unsigned threads : {1U, 2U, 3U, 7U, 7U}) {
            pel::thread_pool pool(threads);
            const auto policy = par.on(pool).deterministic();
            std::vector<double> got(4 * n);
            auto out = pel::inclusive_scan(policy, from, got.begin());
            out = pel::exclusive_scan(policy, from, out, 0.25);
            out = pel::transform_inclusive_scan(policy, from, out, plus, half, 0.25);
            out = pel::transform_exclusive_scan(policy, from, out, 0.25, plus, half);
            ASSERT_EQ(out, got.end());
            if (threads == 1) expected = got;
            ASSERT_EQ(got, expected) << n << " numbers, threads: " << threads;
        }
    }
}

TEST(scan, deterministic_scans_are_the_same_bits_under_any_limit) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    pel::affinity where;
    const std::stop_source source;
    const auto policy = par.on(pool).deterministic();
    for (const std::uint64_t n : {1UL, 40UL, 300UL, 512UL, 513UL, 3'000UL}) {
        const auto from = pel_test::wild_numbers(n, random);
        const auto sums = [&](const auto& limited) {
            std::vector<double> got(2 * n);
            const auto out = pel::inclusive_scan(limited, from, got.begin());
            pel::exclusive_scan(limited, from, out, 0.25);
            return got;
        };
        const auto expected = sums(policy);
        EXPECT_EQ(sums(policy.max_concurrency(2)), expected) << n;
        EXPECT_EQ(sums(policy.stop(source.get_token())), expected) << n;
        EXPECT_EQ(sums(policy.replay(where)), expected) << n;
        EXPECT_EQ(sums(par.deterministic().on_node(0)), expected) << n;
        if (n <= 512) { // more are grouped by the grain, as documented
            EXPECT_EQ(sums(policy.grain(7)), expected) << n;
        }
    }
}

TEST_P(scan_with, works_on_other_iterators) {
    const std::list<int> list{1, 2, 3};
    std::vector<int> out;
    pel::inclusive_scan(par.on(pool), list, std::back_inserter(out));
    pel::exclusive_scan(seq, list.begin(), list.end(), std::back_inserter(out), 10, std::multiplies<>());
    std::istringstream in("4 5");
    pel::transform_inclusive_scan(std::istream_iterator<int>(in), std::istream_iterator<int>(), std::back_inserter(out),
                                  std::plus<>(), std::negate<>(), 1);
    EXPECT_EQ(out, (std::vector<int>{1, 3, 6, 10, 10, 20, -3, -8}));

    std::vector<std::uint64_t> sums(1'001);
    pel::inclusive_scan(par.on(pool), std::views::iota(std::uint64_t{0}, std::uint64_t{1'001}), sums.begin());
    EXPECT_EQ(sums.back(), 500'500U);
    const std::vector<bool> all(1'001, true);
    std::vector<bool> parities(1'001);
    pel::inclusive_scan(par.on(pool), all, parities.begin(), std::bit_xor<>());
    EXPECT_EQ(std::ranges::count(parities, true), 501);
    const int array[] = {1, 2, 3};
    int results[3];
    EXPECT_EQ(pel::inclusive_scan(array, array + 3, results), results + 3);
    EXPECT_EQ(results[2], 6);
}

TEST_P(scan_with, what_can_only_be_moved_is_scanned_in_order) {
    std::vector<pel_test::move_only> out(100);
    const std::vector<pel_test::move_only> ones = [] {
        std::vector<pel_test::move_only> made;
        for (int i = 0; i != 100; ++i) made.emplace_back(1);
        return made;
    }();
    const auto plus = [](const pel_test::move_only& a, const pel_test::move_only& b) {
        return pel_test::move_only(*a.value + *b.value);
    };
    pel::exclusive_scan(par.on(pool), ones, out.begin(), pel_test::move_only(7), plus);
    EXPECT_EQ(out.front(), pel_test::move_only(7));
    EXPECT_EQ(out.back(), pel_test::move_only(106));
}

TEST_P(scan_with, an_exception_arrives_and_the_pool_goes_on) {
    std::vector<int> numbers(pel_test::scaled(100'000), 1);
    numbers.back() = -1;
    const auto plus_or_throw = [](int x, int y) { return y < 0 ? throw std::runtime_error("no") : x + y; };
    EXPECT_THROW(pel::inclusive_scan(par.on(pool), numbers, numbers.begin(), plus_or_throw), std::runtime_error);
    numbers.assign(numbers.size(), 1);
    pel::inclusive_scan(par.on(pool), numbers, numbers.begin());
    EXPECT_EQ(numbers.back(), std::ssize(numbers));
}

} // namespace scan_test
