// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/is_sorted.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/search_watch.hpp"

#include <algorithm>
#include <deque>
#include <forward_list>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace is_sorted_test {

using pel::par;
using pel::seq;

class is_sorted_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(is_sorted_with);

TEST_P(is_sorted_with, the_first_element_out_of_order_is_found) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        auto numbers = pel_test::numbers_in(pel_test::order::sorted, n, random);
        ASSERT_TRUE(pel::is_sorted(par.on(pool), numbers)) << n;
        ASSERT_EQ(pel::is_sorted_until(par.on(pool), numbers.begin(), numbers.end()), numbers.end()) << n;
        for (int change = 0; n != 0 && change < 3; ++change) {
            numbers[change == 0 ? n - 1 : random() % n] = static_cast<std::uint32_t>(random() % n);
            const auto expected = std::is_sorted_until(numbers.begin(), numbers.end());
            ASSERT_EQ(pel::is_sorted_until(par.on(pool), numbers.begin(), numbers.end()), expected) << n;
            ASSERT_EQ(pel::is_sorted(par.on(pool), numbers), expected == numbers.end()) << n;
        }
    }
}

TEST_P(is_sorted_with, the_first_element_above_its_parent_is_found) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        auto numbers = pel_test::numbers_in(pel_test::order::random, n, random);
        std::make_heap(numbers.begin(), numbers.end());
        ASSERT_TRUE(pel::is_heap(par.on(pool), numbers)) << n;
        ASSERT_EQ(pel::is_heap_until(par.on(pool), numbers.begin(), numbers.end()), numbers.end()) << n;
        for (int change = 0; n != 0 && change < 3; ++change) {
            numbers[change == 0 ? n - 1 : random() % n] = static_cast<std::uint32_t>(random() % (n + 2));
            const auto expected = std::is_heap_until(numbers.begin(), numbers.end());
            ASSERT_EQ(pel::is_heap_until(par.on(pool), numbers.begin(), numbers.end()), expected) << n;
            ASSERT_EQ(pel::is_heap(par.on(pool), numbers), expected == numbers.end()) << n;
        }
    }
}

TEST_P(is_sorted_with, partitions_are_recognised) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<std::uint32_t> numbers(n);
        const auto is_in_front = [](std::uint32_t x) { return x == 0; };
        for (const std::uint64_t cut : {std::uint64_t{0}, random() % (n + 1), n}) {
            std::fill(numbers.begin(), numbers.end(), 0U);
            std::fill(numbers.begin() + static_cast<std::ptrdiff_t>(cut), numbers.end(), 1U);
            ASSERT_TRUE(pel::is_partitioned(par.on(pool), numbers, is_in_front)) << n << ' ' << cut;
            if (n != 0) numbers[random() % n] ^= 1U;
            ASSERT_EQ(pel::is_partitioned(par.on(pool), numbers.begin(), numbers.end(), is_in_front),
                      std::is_partitioned(numbers.begin(), numbers.end(), is_in_front))
                << n << ' ' << cut;
        }
    }
}

TEST_P(is_sorted_with, an_element_out_of_order_ends_the_search) {
    const auto numbers = std::views::iota(std::uint64_t{0}, pel_test::search_watch::items);
    pel_test::search_watch watch;
    const auto less = [&](std::uint64_t a, std::uint64_t b) { // asked whether the next one is less
        return watch.look(std::min(a, b)) || a < b;
    };
    EXPECT_FALSE(pel::is_sorted(par.on(pool).stop(watch.its_token()), numbers, less));
    watch.expect_early_exit(GetParam());
}

TEST_P(is_sorted_with, comparators_projections_and_other_elements) {
    auto words = pel_test::values_in<std::deque<std::string>>(pel_test::order::random, 3'000, random);
    std::ranges::sort(words, std::greater<>());
    EXPECT_TRUE(pel::is_sorted(par.on(pool), words, std::greater<>()));
    EXPECT_EQ(pel::is_sorted_until(par.on(pool), words), std::ranges::is_sorted_until(words));
    std::vector<pel_test::keyed> elements(2'000);
    for (std::uint32_t i = 0; i < 2'000; ++i) elements[i] = {i, 2'000 - i};
    EXPECT_TRUE(pel::is_sorted(par.on(pool), elements, std::less<>(), &pel_test::keyed::key));
    EXPECT_TRUE(pel::is_heap(par.on(pool), elements, std::less<>(), &pel_test::keyed::position));
    EXPECT_EQ(pel::is_heap_until(par.on(pool), elements, std::less<>(), &pel_test::keyed::key), elements.begin() + 1);
    EXPECT_TRUE(pel::is_partitioned(
        par.on(pool), elements, [](std::uint32_t key) { return key < 500; }, &pel_test::keyed::key));
    std::vector<pel_test::move_only> boxes(500);
    EXPECT_TRUE(pel::is_sorted(par.on(pool), boxes));
    const std::forward_list<int> list{1, 2, 1};
    EXPECT_EQ(*pel::is_sorted_until(par.on(pool), list), 1);
    EXPECT_FALSE(pel::is_sorted(list.begin(), list.end()));
    EXPECT_FALSE(pel::is_partitioned(list, [](int x) { return x == 1; }));
    EXPECT_TRUE(pel::is_sorted(std::forward_list<int>{}));
}

TEST_P(is_sorted_with, an_exception_arrives_and_other_policies_say_the_same) {
    const std::uint64_t n = pel_test::scaled(100'000);
    auto numbers = pel_test::numbers_in(pel_test::order::sorted, n, random);
    const auto is_less = [&](std::uint32_t a, std::uint32_t b) {
        return a == n - 1 ? throw std::runtime_error("no") : a < b;
    };
    EXPECT_THROW(pel::is_sorted(par.on(pool), numbers, is_less), std::runtime_error);
    numbers[n / 2] = 0;
    EXPECT_FALSE(pel::is_sorted(par.on(pool), numbers, is_less));
    EXPECT_FALSE(pel::is_sorted(seq, numbers));
    EXPECT_EQ(pel::is_sorted_until(par.on(pool).grain(3), numbers),
              numbers.begin() + static_cast<std::ptrdiff_t>(n / 2));
    EXPECT_EQ(pel::is_heap_until(seq, numbers), numbers.begin() + 1);
}

} // namespace is_sorted_test
