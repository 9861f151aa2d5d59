// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/compare.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/search_watch.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <list>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace compare_test {

using pel::par;
using pel::seq;

class compare_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(compare_with);

TEST_P(compare_with, the_first_of_several_differences_decides) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto a = pel_test::numbers_in(pel_test::order::random, n, random);
        auto b = a;
        ASSERT_TRUE(pel::equal(par.on(pool), a.begin(), a.end(), b.begin())) << n;
        ASSERT_EQ(pel::mismatch(par.on(pool), a.begin(), a.end(), b.begin()), std::pair(a.end(), b.end())) << n;
        ASSERT_FALSE(pel::lexicographical_compare(par.on(pool), a, b)) << n;
        for (int change = 0; n != 0 && change < 3; ++change) {
            b[change == 0 ? n - 1 : random() % n] += change == 2 ? 1 : ~0U;
            const bool expected = std::equal(a.begin(), a.end(), b.begin());
            ASSERT_EQ(pel::equal(par.on(pool), a.begin(), a.end(), b.begin()), expected) << n;
            const auto places = std::mismatch(a.begin(), a.end(), b.cbegin());
            ASSERT_EQ(pel::mismatch(par.on(pool), a.begin(), a.end(), b.cbegin()), places) << n;
            ASSERT_EQ(pel::lexicographical_compare(par.on(pool), a, b), std::ranges::lexicographical_compare(a, b))
                << n;
            ASSERT_EQ(pel::lexicographical_compare(par.on(pool), b, a), std::ranges::lexicographical_compare(b, a))
                << n;
        }
    }
}

TEST_P(compare_with, a_difference_ends_the_search) {
    const auto numbers = std::views::iota(std::uint64_t{0}, pel_test::search_watch::items);
    const auto are_equal_but_one = [](pel_test::search_watch& watch) {
        return [&watch](std::uint64_t a, std::uint64_t b) { return !watch.look(a) && a == b; };
    };
    pel_test::search_watch equal, mismatch;
    EXPECT_FALSE(pel::equal(par.on(pool).stop(equal.its_token()), numbers, numbers, are_equal_but_one(equal)));
    equal.expect_early_exit(GetParam());
    const auto found =
        pel::mismatch(par.on(pool).stop(mismatch.its_token()), numbers, numbers, are_equal_but_one(mismatch));
    EXPECT_EQ(*found.in1, pel_test::search_watch::match);
    EXPECT_EQ(*found.in2, pel_test::search_watch::match);
    mismatch.expect_early_exit(GetParam());
}

TEST_P(compare_with, ranges_of_different_sizes) {
    std::vector<std::uint32_t> longer(5'000, 7);
    const std::vector<std::uint32_t> shorter(4'000, 7);
    const auto forbidden = [](std::uint32_t, std::uint32_t) -> bool { throw std::logic_error("was read"); };
    EXPECT_FALSE(pel::equal(par.on(pool), longer, shorter, forbidden));
    EXPECT_FALSE(pel::equal(par.on(pool), shorter.begin(), shorter.end(), longer.begin(), longer.end(), forbidden));
    EXPECT_FALSE(pel::equal(std::list<int>{1, 2}, std::list<int>{1}, forbidden));
    EXPECT_TRUE(pel::equal(par.on(pool), shorter.begin(), shorter.end(), longer.begin()));
    const auto ends = pel::mismatch(par.on(pool), longer, shorter);
    EXPECT_EQ(ends.in1 - longer.begin(), 4'000);
    EXPECT_EQ(ends.in2, shorter.end());
    EXPECT_TRUE(pel::lexicographical_compare(par.on(pool), shorter, longer));
    EXPECT_FALSE(pel::lexicographical_compare(par.on(pool), longer, shorter));
    longer[3'000] = 6;
    EXPECT_EQ(pel::mismatch(par.on(pool), shorter.begin(), shorter.end(), longer.begin(), longer.end()),
              std::pair(shorter.begin() + 3'000, longer.begin() + 3'000));
    EXPECT_FALSE(
        pel::lexicographical_compare(par.on(pool), shorter.begin(), shorter.end(), longer.begin(), longer.end()));
    EXPECT_TRUE(pel::lexicographical_compare(par.on(pool), shorter.begin(), shorter.end(), longer.begin(), longer.end(),
                                             std::greater<>()));
}

TEST_P(compare_with, elements_of_different_types_and_projections) {
    const auto words = pel_test::values_in<std::deque<std::string>>(pel_test::order::random, 3'000, random);
    std::vector<std::string_view> views(words.begin(), words.end());
    EXPECT_TRUE(pel::equal(par.on(pool), words, views));
    views[2'000] = "~";
    EXPECT_EQ(pel::mismatch(par.on(pool), words, views).in2 - views.begin(), 2'000);
    EXPECT_TRUE(pel::lexicographical_compare(par.on(pool), words, views));

    std::vector<pel_test::keyed> keyed(10'000, {3, 0});
    std::vector<std::uint32_t> numbers(10'000, 4);
    const auto plus_one = [](std::uint32_t key) { return key + 1; };
    const auto key_plus_one = [&](const pel_test::keyed& each) { return plus_one(each.key); };
    EXPECT_TRUE(pel::equal(par.on(pool), keyed, numbers, std::equal_to<>(), key_plus_one));
    numbers[9'000] = 5;
    EXPECT_EQ(pel::mismatch(par.on(pool), numbers, keyed, std::equal_to<>(), std::identity(), key_plus_one).in1 -
                  numbers.begin(),
              9'000);
    EXPECT_TRUE(pel::lexicographical_compare(par.on(pool), keyed, numbers, std::less<>(), key_plus_one));
    const std::vector<bool> bits(1'000, true), same_bits(bits);
    EXPECT_TRUE(pel::equal(par.on(pool), bits, same_bits));
}

TEST_P(compare_with, elements_without_numbers_are_compared_in_order) {
    const std::list<int> list{1, 2, 4};
    const std::vector<int> same{1, 2, 4}, less{1, 2, 3};
    EXPECT_TRUE(pel::equal(par.on(pool), list, same));
    EXPECT_TRUE(pel::equal(par.on(pool), list.begin(), list.end(), same.begin()));
    EXPECT_FALSE(pel::equal(par.on(pool), list.begin(), list.end(), less.begin(), less.end()));
    EXPECT_FALSE(pel::equal(par.on(pool), list.begin(), std::prev(list.end()), less.begin(), less.end()));
    EXPECT_TRUE(pel::lexicographical_compare(less, list));
    EXPECT_FALSE(pel::lexicographical_compare(list, less));
    EXPECT_EQ(pel::mismatch(less.begin(), less.end(), list.begin()),
              std::pair(less.begin() + 2, std::prev(list.end())));
    std::istringstream in("1 2 4");
    EXPECT_TRUE(pel::equal(std::istream_iterator<int>(in), std::istream_iterator<int>(), list.begin(), list.end()));
}

TEST_P(compare_with, an_exception_arrives_and_other_policies_say_the_same) {
    const std::uint64_t n = pel_test::scaled(100'000);
    const std::vector<std::uint32_t> a(n, 1);
    auto b = a;
    b[n / 2] = 2;
    const auto is_equal = [](std::uint32_t x, std::uint32_t y) {
        return y == 2 ? throw std::runtime_error("no") : x == y;
    };
    EXPECT_THROW(pel::equal(par.on(pool), a, b, is_equal), std::runtime_error);
    b[n / 3] = 3;
    EXPECT_EQ(pel::mismatch(par.on(pool), a, b, is_equal).in1 - a.begin(), static_cast<std::ptrdiff_t>(n / 3));
    EXPECT_FALSE(pel::equal(seq, a, b, is_equal));
    EXPECT_FALSE(pel::equal(par.on(pool).grain(3), a, b));
    EXPECT_TRUE(pel::equal(par.on(pool).grain(3), b, b));
    EXPECT_TRUE(pel::lexicographical_compare(seq, a, b));
}

} // namespace compare_test
