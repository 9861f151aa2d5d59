// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/find.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/search_watch.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace find_test {

using pel::par;
using pel::seq;

class find_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(find_with);

TEST_P(find_with, the_first_of_several_is_found_wherever_they_are) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<std::uint32_t> numbers(n);
        ASSERT_EQ(pel::find(par.on(pool), numbers, 1U), numbers.end()) << n;
        if (n == 0) continue;
        for (const std::uint64_t first : {n - 1, n / 2, n / 100, random() % n, std::uint64_t{0}}) {
            std::fill(numbers.begin(), numbers.end(), 0U);
            numbers[first] = 1;
            for (int others = 0; others < 3; ++others) numbers[first + random() % (n - first)] = 1;
            const auto expected = std::find(numbers.begin(), numbers.end(), 1);
            ASSERT_EQ(expected - numbers.begin(), static_cast<std::ptrdiff_t>(first));
            ASSERT_EQ(pel::find(par.on(pool), numbers.begin(), numbers.end(), 1), expected) << n << ' ' << first;
            ASSERT_EQ(pel::find_if(par.on(pool), numbers, [](std::uint32_t x) { return x == 1; }), expected) << n;
            const auto is_zero = [](std::uint32_t x) { return x == 0; };
            ASSERT_EQ(pel::find_if_not(par.on(pool), numbers, is_zero), expected) << n;
            ASSERT_EQ(pel::find_if_not(par.on(pool), numbers.begin(), expected, is_zero), expected) << n;
            ASSERT_EQ(
                pel::find_index_if(par.on(pool), std::size_t{0}, n, [&](std::size_t i) { return numbers[i] != 0; }),
                first)
                << n;
        }
    }
}

TEST_P(find_with, neighbours_are_found_as_std_finds_them) {
    const auto is_descent = [](std::uint32_t a, std::uint32_t b) { return b < a; };
    for (const std::uint64_t n : pel_test::input_sizes(random, 4)) {
        auto numbers = pel_test::numbers_in(pel_test::order::sorted, n, random);
        ASSERT_EQ(pel::adjacent_find(par.on(pool), numbers), numbers.end()) << n;
        for (int pairs = 0; n > 1 && pairs < 2; ++pairs) {
            const std::uint64_t second = 1 + random() % (n - 1);
            numbers[second] = numbers[second - 1];
            ASSERT_EQ(pel::adjacent_find(par.on(pool), numbers.begin(), numbers.end()),
                      std::adjacent_find(numbers.begin(), numbers.end()))
                << n;
        }
        if (n > 2) numbers[n - 2 - random() % (n - 2)] = 0;
        ASSERT_EQ(pel::adjacent_find(par.on(pool), numbers, is_descent),
                  std::ranges::adjacent_find(numbers, is_descent));
    }
}

TEST_P(find_with, few_elements_are_looked_at_after_the_match) {
    using pel_test::search_watch;
    {
        search_watch watch;
        std::atomic<std::uint64_t> before{0};
        const auto is_match = [&](std::uint64_t i) {
            if (i < search_watch::match) before.fetch_add(1, std::memory_order_relaxed);
            return watch.look(i);
        };
        const auto policy = par.on(pool).stop(watch.its_token());
        ASSERT_EQ(pel::find_index_if(policy, std::uint64_t{0}, search_watch::items, is_match), search_watch::match);
        watch.expect_early_exit(GetParam());
        EXPECT_EQ(before, search_watch::match);
    }
    {
        search_watch watch;
        const std::vector<char> elements(search_watch::items);
        const auto is_match = [&](const char& each) {
            return watch.look(static_cast<std::uint64_t>(&each - elements.data()));
        };
        const auto found = pel::find_if(par.on(pool).stop(watch.its_token()), elements, is_match);
        ASSERT_EQ(found - elements.begin(), static_cast<std::ptrdiff_t>(search_watch::match));
        watch.expect_early_exit(GetParam());
    }
    {
        search_watch watch;
        const auto elements = std::views::iota(std::uint64_t{0}, search_watch::items) |
                              std::views::transform([&](std::uint64_t i) { return watch.look(i); });
        const auto found = pel::find(par.on(pool).stop(watch.its_token()), elements, true);
        ASSERT_EQ(found - elements.begin(), static_cast<std::ptrdiff_t>(search_watch::match));
        watch.expect_early_exit(GetParam());
    }
}

TEST(search_front, tickets_are_good_for_the_next_items_until_there_is_a_match) {
    std::vector<std::uint64_t> begins;
    const auto find = [&](std::uint64_t lo, std::uint64_t hi) {
        begins.push_back(lo);
        return lo <= 21 && 21 < hi ? 21 : hi;
    };
    pel::detail::search_front front(100, 1, true);
    pel::detail::search_strand strand(front, find);
    auto another = strand.split();
    another.run(50, 60);
    strand.run(0, 8);
    another.run(60, 70); // has the match
    strand.run(8, 50);
    another.run(70, 100);
    EXPECT_EQ(begins, (std::vector<std::uint64_t>{0, 10, 18}));
    EXPECT_EQ(front.result(), 21U);
}

TEST(search_front, a_ticket_may_be_good_for_several_items) {
    std::vector<std::uint64_t> bounds;
    const auto find = [&](std::uint64_t lo, std::uint64_t hi) {
        bounds.insert(bounds.end(), {lo, hi});
        return hi;
    };
    pel::detail::search_front front(100, 30, true);
    ASSERT_EQ(front.tickets(), 4U);
    pel::detail::search_strand strand(front, find);
    strand.run(3, 4);
    strand.run(0, 3);
    EXPECT_EQ(bounds, (std::vector<std::uint64_t>{0, 30, 30, 100}));
    EXPECT_EQ(front.result(), 100U);
}

TEST(search_front, with_shares_of_their_own_threads_left_of_a_match_go_on) {
    std::vector<std::uint64_t> begins;
    const auto find = [&](std::uint64_t lo, std::uint64_t hi) {
        begins.push_back(lo);
        return lo < 60 && hi <= 60 ? hi : lo;
    };
    pel::detail::search_front front(100, 1, false);
    pel::detail::search_strand strand(front, find);
    strand.run(70, 80);
    strand.run(80, 100); // beyond the match
    strand.run(0, 50);
    strand.run(50, 70);
    EXPECT_EQ(begins, (std::vector<std::uint64_t>{70, 0, 50}));
    EXPECT_EQ(front.result(), 50U);
}

// What throws left of the match arrives; what throws right of it does not.
TEST_P(find_with, an_exception_arrives_if_it_would_in_a_search_from_the_left) {
    const std::uint64_t n = pel_test::scaled(200'000);
    std::vector<std::uint32_t> numbers(n);
    const auto is_one = [](std::uint32_t x) { return x == 2 ? throw std::runtime_error("no") : x == 1; };
    for (int repetition = 0; repetition < 10; ++repetition) {
        const std::uint64_t place = random() % (n / 2), other = place + 1 + random() % (n / 2);
        numbers[place] = 2;
        numbers[other] = 1;
        EXPECT_THROW(pel::find_if(par.on(pool), numbers, is_one), std::runtime_error) << place << ' ' << other;
        std::swap(numbers[place], numbers[other]);
        EXPECT_EQ(pel::find_if(par.on(pool), numbers, is_one) - numbers.begin(), static_cast<std::ptrdiff_t>(place));
        numbers[place] = numbers[other] = 0;
    }
}

TEST_P(find_with, values_of_another_type_projections_and_predicates_that_cannot_be_copied) {
    const auto words = pel_test::values_in<std::deque<std::string>>(pel_test::order::sorted, 5'000, random);
    EXPECT_EQ(pel::find(par.on(pool), words, std::string_view("number 4321")) - words.begin(), 4321);
    EXPECT_EQ(pel::find(par.on(pool), words.begin(), words.end(), "number 4321") - words.begin(), 4321);
    std::vector<pel_test::keyed> elements(10'000);
    elements[7'000].key = elements[8'000].key = 3;
    EXPECT_EQ(pel::find(par.on(pool), elements, 3, &pel_test::keyed::key) - elements.begin(), 7'000);
    EXPECT_EQ(pel::find_if_not(
                  par.on(pool), elements, [](std::uint32_t key) { return key == 0; }, &pel_test::keyed::key) -
                  elements.begin(),
              7'000);
    struct is_three {
        std::unique_ptr<std::uint32_t> three = std::make_unique<std::uint32_t>(3);
        bool operator()(const pel_test::keyed& each) { return each.key == *three; }
    };
    EXPECT_EQ(pel::find_if(par.on(pool), elements.begin(), elements.end(), is_three()) - elements.begin(), 7'000);
}

TEST_P(find_with, elements_without_numbers_or_without_an_end_are_looked_at_in_order) {
    const std::list<int> list{1, 2, 2, 3};
    EXPECT_EQ(pel::find(par.on(pool), list, 3), std::prev(list.end()));
    EXPECT_EQ(pel::adjacent_find(par.on(pool), list), std::next(list.begin()));
    EXPECT_EQ(pel::find_if_not(list.begin(), list.end(), [](int x) { return x < 2; }), std::next(list.begin()));
    EXPECT_EQ(pel::find(par.on(pool), list.begin(), std::unreachable_sentinel, 3), std::prev(list.end()));
    EXPECT_EQ(*pel::find(par.on(pool), &list.front(), std::unreachable_sentinel, 1), 1);
    std::istringstream in("4 5 6");
    const auto found = pel::find(par.on(pool), std::istream_iterator<int>(in), std::istream_iterator<int>(), 5);
    EXPECT_EQ(*found, 5);
    std::vector<bool> bits(10'001);
    bits[9'999] = true;
    EXPECT_EQ(pel::find(par.on(pool), bits, true) - bits.begin(), 9'999);
    EXPECT_EQ(pel::find(par.on(pool), std::views::iota(0, 10'000), 1'234) - std::views::iota(0, 10'000).begin(), 1'234);
}

TEST_P(find_with, other_policies_find_the_same) {
    std::vector<std::uint32_t> numbers(100'000);
    numbers[60'000] = numbers[70'000] = 1;
    const auto expected = numbers.begin() + 60'000;
    pel::affinity where;
    EXPECT_EQ(pel::find(seq, numbers, 1), expected);
    EXPECT_EQ(pel::find(par.on(pool).grain(3), numbers, 1), expected);
    for (int call = 0; call < 3; ++call) EXPECT_EQ(pel::find(par.on(pool).replay(where), numbers, 1), expected);
    EXPECT_EQ(pel::find(numbers, 1), expected);
    pool.execute([&] {
        EXPECT_EQ(pel::find(numbers, 1), expected);
        for (std::ptrdiff_t n = 0; n < 100; ++n) EXPECT_EQ(pel::find(expected - n, expected + 1, 1), expected);
    });
}

TEST_P(find_with, indices_are_of_any_integral_type) {
    const auto is_at_least = [](auto least) { return [least](auto i) { return i >= least; }; };
    EXPECT_EQ(pel::find_index_if(par.on(pool), -100, 100L, is_at_least(-3)), -3L);
    EXPECT_EQ(pel::find_index_if(par.on(pool), -100, 100L, is_at_least(1000)), 100L);
    EXPECT_EQ(pel::find_index_if(par.on(pool), 5, 2, is_at_least(-9)), 2);
    EXPECT_EQ(pel::find_index_if(seq, -100, 100, is_at_least(7)), 7);
}

TEST_P(find_with, generic_functions_are_compiled_as_they_are_called) {
    const std::vector<int> numbers(1'000, 3);
    EXPECT_EQ(pel::find_if(par.on(pool), numbers, [](auto x) { return (x *= 2) > 6; }), numbers.end());
    EXPECT_EQ(pel::find_if(par.on(pool), numbers, [](auto x) { return (x *= 2) > 5; }), numbers.begin());
}

} // namespace find_test
