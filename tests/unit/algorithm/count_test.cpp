// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sums
#include <pel/algorithm/count.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace count_test {

using pel::par;
using pel::seq;

class count_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(count_with);

TEST_P(count_with, says_what_std_says) {
    const auto is_odd = [](std::uint32_t x) { return x % 2 != 0; };
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::few_distinct, n, random);
        ASSERT_EQ(pel::count(par.on(pool), numbers, 3L), std::ranges::count(numbers, 3L)) << n;
        ASSERT_EQ(pel::count_if(par.on(pool).grain(3), numbers.begin(), numbers.end(), is_odd),
                  std::ranges::count_if(numbers, is_odd))
            << n;
    }
}

TEST_P(count_with, compares_what_is_projected_with_values_of_other_types) {
    const auto words = pel_test::values_in<std::vector<std::string>>(pel_test::order::few_distinct, 5'000, random);
    const auto expected = std::ranges::count(words, "number 3");
    EXPECT_EQ(pel::count(par.on(pool), words, std::string_view("number 3")), expected);
    EXPECT_EQ(pel::count(seq, words.begin(), words.end(), "number 3"), expected);
    std::vector<pel_test::keyed> elements(1'000);
    elements[500].key = 1;
    EXPECT_EQ(pel::count(par.on(pool), elements, 0U, &pel_test::keyed::key), 999);
    EXPECT_EQ(pel::count(elements, pel_test::keyed{1, 0}), 1);

    std::vector<bool> bits(1'001);
    bits[3] = bits[1'000] = true;
    EXPECT_EQ(pel::count(par.on(pool), bits, true), 2);
    const std::list<int> list{1, 2, 1};
    EXPECT_EQ(pel::count(par.on(pool), list, 1), 2);
    std::istringstream in("4 5 4");
    EXPECT_EQ(pel::count(std::istream_iterator<int>(in), std::istream_iterator<int>(), 4), 2);
    const int array[] = {1, 2, 1};
    EXPECT_EQ(pel::count(array, array + 3, 1), 2);
}

TEST_P(count_with, asks_once_for_each_element) {
    std::atomic<std::uint64_t> calls{0};
    const std::vector<pel_test::move_only> numbers(2'000);
    EXPECT_EQ(pel::count_if(par.on(pool), numbers,
                            [&](const pel_test::move_only& x) {
                                ++calls;
                                return *x.value == 1;
                            }),
              0);
    EXPECT_EQ(calls.load(), 2'000U);
}

TEST_P(count_with, counts_what_passes_a_filter) {
    const std::uint64_t n = pel_test::scaled(100'000);
    const auto is_third = [](std::uint64_t x) { return x % 3 == 0; };
    const auto is_even = [](std::uint64_t x) { return x % 2 == 0; };
    const auto expected = static_cast<std::ptrdiff_t>((n + 5) / 6);
    EXPECT_EQ(pel::count_if(par.on(pool), std::views::iota(0UL, n) | std::views::filter(is_third), is_even), expected);
    EXPECT_EQ(pel::count_if(seq, std::views::iota(0UL, n) | std::views::filter(is_third), is_even), expected);
    auto owned = std::vector<int>{3, 4, 6} | std::views::filter([](int x) { return x % 3 == 0; });
    EXPECT_EQ(pel::count(par.on(pool), owned, 6), 1);
    EXPECT_EQ(pel::count(par.on(pool), std::views::iota(0UL, n), n - 1), 1);
}

TEST_P(count_with, an_exception_arrives_and_the_pool_goes_on) {
    const std::vector<int> numbers(pel_test::scaled(100'000), 1);
    const auto refuse = [&](const int& x) { return &x == &numbers.back() ? throw std::runtime_error("no") : true; };
    EXPECT_THROW(pel::count_if(par.on(pool), numbers, refuse), std::runtime_error);
    EXPECT_EQ(pel::count(par.on(pool), numbers, 1), std::ssize(numbers));
}

} // namespace count_test
