// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/search.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <forward_list>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace search_test {

using pel::par;
using pel::seq;

class search_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(search_with);

// Texts of few letters, so that patterns are found in several places or nearly.
TEST_P(search_with, patterns_are_found_where_std_finds_them) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<std::uint32_t> text(n);
        for (std::uint32_t& each : text) each = random() % 4 == 0;
        for (const std::uint64_t length : {1U, 2U, 5U, 14U}) {
            std::vector<std::uint32_t> pattern(length, 0);
            pattern.back() = 1;
            if (n > length && random() % 2 == 0)
                std::copy_n(text.end() - static_cast<std::ptrdiff_t>(length), length, pattern.begin());
            const auto first = text.begin(), last = text.end();
            ASSERT_EQ(pel::search(par.on(pool), first, last, pattern.begin(), pattern.end()) - first,
                      std::search(first, last, pattern.begin(), pattern.end()) - first)
                << n << ' ' << length;
            ASSERT_EQ(pel::find_end(par.on(pool), first, last, pattern.begin(), pattern.end()) - first,
                      std::find_end(first, last, pattern.begin(), pattern.end()) - first)
                << n << ' ' << length;
        }
    }
}

TEST_P(search_with, patterns_of_no_elements_or_too_many) {
    const std::vector<std::uint32_t> text(100, 1), nothing, too_long(101, 1);
    EXPECT_EQ(pel::search(par.on(pool), text, nothing).begin(), text.begin());
    EXPECT_EQ(pel::find_end(par.on(pool), text, nothing).begin(), text.end());
    EXPECT_EQ(pel::search(par.on(pool), text, too_long).begin(), text.end());
    EXPECT_EQ(pel::find_end(par.on(pool), nothing, text).begin(), nothing.end());
    const auto all = pel::find_end(par.on(pool), text, text);
    EXPECT_EQ(all.begin(), text.begin());
    EXPECT_EQ(all.end(), text.end());
    EXPECT_EQ(pel::find_first_of(par.on(pool), text, nothing), text.end());
}

TEST_P(search_with, runs_are_found_where_std_finds_them) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<std::uint32_t> text(n, 1);
        for (std::uint64_t zero = random() % 40; zero < n; zero += 1 + random() % 40) text[zero] = 0;
        for (const int count : {-1, 0, 1, 2, 10, 30, 38, 300}) {
            const auto expected = std::search_n(text.begin(), text.end(), count, 1U);
            ASSERT_EQ(pel::search_n(par.on(pool), text.begin(), text.end(), count, 1), expected) << n << ' ' << count;
        }
    }
}

TEST_P(search_with, runs_longer_than_blocks_are_found_with_two_looks_at_each_element) {
    std::vector<std::uint32_t> text(30'000, 1);
    text[9'999] = text[19'998] = 0; // runs of 9'999, 9'998 and 10'001
    std::atomic<std::uint64_t> calls{0};
    const auto is_equal = [&](std::uint32_t a, std::uint32_t b) {
        calls.fetch_add(1, std::memory_order_relaxed);
        return a == b;
    };
    const auto found = pel::search_n(par.on(pool).grain(1), text, 10'000, 1U, is_equal);
    EXPECT_EQ(found.begin() - text.begin(), 19'999);
    EXPECT_EQ(found.size(), 10'000U);
    EXPECT_LE(calls.exchange(0), 2 * text.size());
    EXPECT_TRUE(pel::search_n(par.on(pool), text, 10'002, 1U, is_equal).empty());
    EXPECT_LE(calls.exchange(0), 2 * text.size());
    EXPECT_TRUE(pel::search_n(par.on(pool), text, 100, 2U, is_equal).empty());
    EXPECT_LE(calls, text.size() / 100 + 1) << "every hundredth element";
}

TEST_P(search_with, the_first_member_of_a_set_is_found) {
    const std::vector<std::uint32_t> set{5, 9, 13};
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::random, n, random);
        ASSERT_EQ(pel::find_first_of(par.on(pool), numbers.begin(), numbers.end(), set.begin(), set.end()),
                  std::find_first_of(numbers.begin(), numbers.end(), set.begin(), set.end()))
            << n;
    }
}

TEST_P(search_with, a_searcher_is_asked) {
    const std::string text = "a needle in a haystack, and a needle", pattern = "needle", other = "noodle";
    const auto first = text.begin(), last = text.end();
    EXPECT_EQ(pel::search(par.on(pool), first, last, std::boyer_moore_searcher(pattern.begin(), pattern.end())) - first,
              2);
    EXPECT_EQ(pel::search(first, last, std::default_searcher(other.begin(), other.end())), last);
}

TEST_P(search_with, elements_of_different_types_projections_and_other_iterators) {
    const auto words = pel_test::values_in<std::deque<std::string>>(pel_test::order::sorted, 3'000, random);
    const std::forward_list<std::string_view> two{"number 2000", "number 2001"};
    EXPECT_EQ(pel::search(par.on(pool), words, two).begin() - words.begin(), 2'000);
    EXPECT_EQ(pel::find_end(par.on(pool), words, two).end() - words.begin(), 2'002);
    EXPECT_EQ(pel::find_first_of(par.on(pool), words, two) - words.begin(), 2'000);
    const auto size = [](const auto& text) { return text.size(); };
    EXPECT_EQ(pel::search(par.on(pool), words, two, std::equal_to<>(), size, size).begin() - words.begin(), 1'000);
    EXPECT_EQ(pel::find_end(par.on(pool), words, two, std::equal_to<>(), size, size).begin() - words.begin(), 2'998);
    EXPECT_EQ(pel::search_n(par.on(pool), words, 5, 10U, std::equal_to<>(), size).begin() - words.begin(), 100);
    EXPECT_EQ(pel::find_first_of(par.on(pool), words, two, std::equal_to<>(), size, size) - words.begin(), 1'000);
    EXPECT_EQ(pel::find_end(par.on(pool), std::views::iota(0, 1'000), std::views::iota(5, 7)).size(), 2);

    const std::forward_list<int> list{1, 2, 2, 1, 2, 2, 3}, pattern{2, 2}, none;
    EXPECT_EQ(std::distance(list.begin(), pel::search(list, pattern).begin()), 1);
    EXPECT_EQ(std::distance(list.begin(), pel::find_end(par.on(pool), list, pattern).begin()), 4);
    EXPECT_EQ(std::distance(list.begin(), pel::find_end(list, none).begin()), 7);
    EXPECT_EQ(std::distance(list.begin(), pel::search_n(par.on(pool), list, 2, 2).begin()), 1);
    EXPECT_EQ(std::distance(list.begin(), pel::search_n(list.begin(), list.end(), 3, 2)), 7);
    EXPECT_EQ(pel::search(list, std::forward_list<int>{3, 1}).begin(), list.end());
}

TEST_P(search_with, an_exception_arrives_and_other_policies_find_the_same) {
    const std::uint64_t n = pel_test::scaled(100'000);
    auto text = pel_test::numbers_in(pel_test::order::sorted, n, random);
    const auto middle = text.begin() + static_cast<std::ptrdiff_t>(n / 2);
    const std::vector<std::uint32_t> pattern(middle, middle + 3);
    const auto is_equal = [&](std::uint32_t a, std::uint32_t b) {
        return a == n - 10 ? throw std::runtime_error("no") : a == b;
    };
    EXPECT_THROW(pel::find_end(par.on(pool), text, pattern, is_equal), std::runtime_error);
    EXPECT_EQ(pel::search(par.on(pool), text, pattern, is_equal).begin(), middle);
    EXPECT_EQ(pel::search(seq, text, pattern).begin(), middle);
    EXPECT_EQ(pel::find_end(seq, text, pattern).begin(), middle);
    EXPECT_EQ(pel::find_end(par.on(pool).grain(3), text, pattern).begin(), middle);
    EXPECT_EQ(pel::search_n(seq, text, 1, n / 2).begin(), middle);
}

TEST_P(search_with, a_stop_arrives) {
    std::stop_source source;
    source.request_stop();
    const auto stopped = par.on(pool).stop(source.get_token());
    const std::vector<std::uint32_t> text(100'000, 1), pattern{1, 2};
    EXPECT_THROW(pel::search(stopped, text, pattern), pel::operation_cancelled);
    EXPECT_THROW(pel::find_end(stopped, text, pattern), pel::operation_cancelled);
    EXPECT_THROW(pel::search_n(stopped, text, 2, 2), pel::operation_cancelled);
}

TEST_P(search_with, arrays_are_ranges) {
    struct item {
        int number;
    };
    const item items[]{{1}, {2}, {3}, {2}, {3}}, wanted[]{{2}, {3}};
    const auto is_same = [](const auto& a, const auto& b) { return a.number == b.number; };
    EXPECT_EQ(pel::search(par.on(pool), items, wanted, is_same).begin(), items + 1);
    EXPECT_EQ(pel::find_end(par.on(pool), items, wanted, is_same).begin(), items + 3);
    const int numbers[]{1, 2, 3, 2, 3};
    const std::boyer_moore_searcher searcher(numbers + 1, numbers + 3);
    EXPECT_EQ(pel::search(par.on(pool), numbers, numbers + 5, searcher), numbers + 1);
}

} // namespace search_test
