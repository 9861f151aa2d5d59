// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/quantifiers.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/search_watch.hpp"

#include <list>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace quantifiers_test {

using pel::par;
using pel::seq;

class quantifiers_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(quantifiers_with);

TEST_P(quantifiers_with, one_element_decides_wherever_it_is) {
    const auto is_seven = [](std::uint32_t x) { return x == 7; };
    const auto is_other = [](std::uint32_t x) { return x != 7; };
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<std::uint32_t> numbers(n, 7);
        ASSERT_TRUE(pel::all_of(par.on(pool), numbers, is_seven)) << n;
        ASSERT_FALSE(pel::any_of(par.on(pool), numbers, is_other)) << n;
        ASSERT_TRUE(pel::none_of(par.on(pool), numbers.begin(), numbers.end(), is_other)) << n;
        if (n == 0) continue;
        for (const std::uint64_t place : {n - 1, random() % n, std::uint64_t{0}}) {
            numbers[place] = 8;
            ASSERT_FALSE(pel::all_of(par.on(pool), numbers, is_seven)) << n << ' ' << place;
            ASSERT_TRUE(pel::any_of(par.on(pool), numbers, is_other)) << n << ' ' << place;
            ASSERT_FALSE(pel::none_of(par.on(pool), numbers.begin(), numbers.end(), is_other)) << n << ' ' << place;
            numbers[place] = 7;
        }
    }
}

TEST_P(quantifiers_with, an_element_that_decides_ends_the_search) {
    const auto numbers = std::views::iota(std::uint64_t{0}, pel_test::search_watch::items);
    pel_test::search_watch any, all, none;
    EXPECT_TRUE(pel::any_of(par.on(pool).stop(any.its_token()), numbers, [&](auto i) { return any.look(i); }));
    any.expect_early_exit(GetParam());
    EXPECT_FALSE(pel::all_of(par.on(pool).stop(all.its_token()), numbers, [&](auto i) { return !all.look(i); }));
    all.expect_early_exit(GetParam());
    EXPECT_FALSE(pel::none_of(par.on(pool).stop(none.its_token()), numbers, [&](auto i) { return none.look(i); }));
    none.expect_early_exit(GetParam());
}

TEST_P(quantifiers_with, projections_and_elements_without_numbers) {
    std::vector<pel_test::keyed> elements(1'000, {3, 0});
    const auto is_three = [](std::uint32_t key) { return key == 3; };
    EXPECT_TRUE(pel::all_of(par.on(pool), elements, is_three, &pel_test::keyed::key));
    elements.back().key = 4;
    EXPECT_FALSE(pel::all_of(seq, elements, is_three, &pel_test::keyed::key));
    EXPECT_FALSE(pel::all_of(par.on(pool).grain(3), elements, is_three, &pel_test::keyed::key));
    const std::list<std::uint32_t> list{2, 3, 4};
    EXPECT_TRUE(pel::any_of(list, is_three));
    EXPECT_FALSE(pel::none_of(par.on(pool), list.begin(), list.end(), is_three));
    std::istringstream in("3 3");
    EXPECT_TRUE(pel::all_of(std::istream_iterator<int>(in), std::istream_iterator<int>(), is_three));
}

TEST_P(quantifiers_with, an_exception_arrives_and_the_pool_goes_on) {
    std::vector<std::uint32_t> numbers(pel_test::scaled(100'000));
    numbers.back() = 1;
    const auto is_two = [](std::uint32_t x) { return x == 1 ? throw std::runtime_error("no") : x == 2; };
    EXPECT_THROW(pel::any_of(par.on(pool), numbers, is_two), std::runtime_error);
    numbers.front() = 2;
    EXPECT_TRUE(pel::any_of(par.on(pool), numbers, is_two));
}

} // namespace quantifiers_test
