// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/find_last.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <forward_list>
#include <functional>
#include <list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace find_last_test {

using pel::par;
using pel::seq;

class find_last_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(find_last_with);

TEST_P(find_last_with, the_last_of_several_is_found_wherever_they_are) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::random, n, random);
        for (const auto wanted : {static_cast<std::uint32_t>(random() % (n + 1)), static_cast<std::uint32_t>(n + 5)}) {
            const auto found = std::find(numbers.rbegin(), numbers.rend(), wanted);
            const auto expected = found == numbers.rend() ? numbers.end() : std::prev(found.base());
            const auto is_wanted = [wanted](std::uint32_t number) { return number == wanted; };
            ASSERT_EQ(pel::find_last(par.on(pool), numbers, wanted).begin(), expected) << n;
            ASSERT_EQ(pel::find_last(seq, numbers.begin(), numbers.end(), wanted).begin(), expected) << n;
            ASSERT_EQ(pel::find_last_if(par.on(pool).grain(7), numbers, is_wanted).begin(), expected) << n;
            const auto rest =
                pel::find_last_if_not(par.on(pool), numbers.begin(), numbers.end(), std::not_fn(is_wanted));
            ASSERT_EQ(rest.begin(), expected) << n;
            ASSERT_EQ(rest.end(), numbers.end()) << n;
        }
    }
}

TEST_P(find_last_with, projections_and_elements_without_numbers) {
    const std::list<std::string> list{"one", "two", "three", "eleven", "twelve"};
    const std::forward_list<std::string> forward(list.begin(), list.end());
    const auto is_short = [](std::size_t size) { return size < 4; };
    EXPECT_EQ(*pel::find_last_if(par.on(pool), list, is_short, &std::string::size).begin(), "two");
    EXPECT_EQ(*pel::find_last_if(par.on(pool), forward, is_short, &std::string::size).begin(), "two");
    EXPECT_EQ(*pel::find_last(par.on(pool), forward, 5U, &std::string::size).begin(), "three");
    EXPECT_TRUE(pel::find_last(par.on(pool), forward, "four").empty());
    EXPECT_TRUE(pel::find_last(list.begin(), list.end(), "four").begin() == list.end());
    EXPECT_EQ(pel::find_last_if_not(std::views::iota(0, 1'000), [](int i) { return i > 500; }).size(), 500U);
}

TEST_P(find_last_with, few_elements_are_looked_at_before_the_match_and_an_exception_arrives) {
    const std::uint64_t n = pel_test::scaled(1'000'000);
    std::atomic<std::uint64_t> looked_at{0};
    const auto numbers = std::views::iota(std::uint64_t{0}, n);
    const auto found = pel::find_last_if(par.on(pool), numbers, [&](std::uint64_t i) {
        looked_at.fetch_add(1, std::memory_order_relaxed);
        return i == n - 100 ? true : i < n / 2 ? throw std::runtime_error("no") : false;
    });
    EXPECT_EQ(*found.begin(), n - 100);
    EXPECT_LT(looked_at, n / 2);
    EXPECT_THROW(pel::find_last_if(par.on(pool), numbers,
                                   [](std::uint64_t i) { return i == 5 ? throw std::runtime_error("no") : i == 3; }),
                 std::runtime_error);
}

} // namespace find_last_test
