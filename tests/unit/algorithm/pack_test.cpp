// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/pack.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pack_test {

using pel::par;

class pack_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(pack_with);

TEST_P(pack_with, filters_and_packs) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::random, n, random);
        std::vector<std::uint32_t> expected;
        std::vector<bool> flags(n);
        for (std::uint64_t each = 0; each < n; ++each) {
            if (numbers[each] % 3 != 0) continue;
            expected.push_back(numbers[each]);
            flags[each] = true;
        }
        ASSERT_EQ(pel::filter(par.on(pool), numbers, [](std::uint32_t each) { return each % 3 == 0; }), expected);
        ASSERT_EQ(pel::pack(par.on(pool), numbers, flags), expected);
        ASSERT_EQ(
            pel::filter(par.on(pool), numbers.begin(), numbers.end(), [](std::uint32_t each) { return each % 3 == 0; }),
            expected);
    }
    EXPECT_THROW(pel::pack(par.on(pool), std::vector<int>{1}, std::vector<bool>{}), std::invalid_argument);
}

TEST_P(pack_with, says_where_flags_are_and_what_stands_between_separators) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<bool> flags(n);
        std::vector<std::uint64_t> places;
        std::string text(n, 'x');
        for (std::uint64_t each = 0; each < n; ++each) {
            if (random() % 4 != 0) continue;
            flags[each] = true;
            places.push_back(each);
            text[each] = ' ';
        }
        ASSERT_EQ(pel::pack_index(par.on(pool), flags), places);
        std::vector<std::string_view> expected;
        for (std::size_t begin = 0; (begin = text.find_first_not_of(' ', begin)) != text.npos;) {
            const std::size_t end = std::min(text.find(' ', begin), text.size());
            expected.push_back(std::string_view(text).substr(begin, end - begin));
            begin = end;
        }
        const auto tokens = pel::tokens(par.on(pool).grain(100), text, [](char c) { return c == ' '; });
        ASSERT_EQ(tokens.size(), expected.size()) << n;
        for (std::size_t each = 0; each < expected.size(); ++each)
            ASSERT_EQ(std::string_view(tokens[each].begin(), tokens[each].end()), expected[each]);
    }
}

TEST_P(pack_with, what_throws_is_heard_and_so_is_a_stop) {
    const std::vector<int> numbers(40'000, 1);
    const auto check = [&]<class Error>(const Error&, const auto& policy, int bad) {
        const auto is_one = [bad](const int& each) { return each == bad ? throw std::runtime_error("no") : each; };
        EXPECT_THROW(pel::filter(policy, numbers, is_one), Error);
        EXPECT_THROW(pel::tokens(policy, numbers, is_one), Error);
        const auto flags = numbers | std::views::transform(is_one);
        EXPECT_THROW(pel::pack(policy, numbers, flags), Error);
        EXPECT_THROW(pel::pack_index(policy, flags), Error);
        EXPECT_THROW(pel::flatten(policy, std::vector(3, flags)), Error);
    };
    check(std::runtime_error("no"), par.on(pool), 1);
    std::stop_source source;
    source.request_stop();
    check(pel::operation_cancelled(), par.on(pool).stop(source.get_token()), 2);
}

/// Has no value to begin with.
struct given {
    explicit given(int number) : value(number) {}
    int value;
};

TEST_P(pack_with, elements_need_no_default) {
    std::vector<given> elements;
    for (int each = 0; each < 10'000; ++each) elements.emplace_back(each);
    const auto even = pel::filter(par.on(pool), elements, [](int each) { return each % 2 == 0; }, &given::value);
    ASSERT_EQ(even.size(), 5000U);
    EXPECT_EQ(even.back().value, 9998);
}

TEST_P(pack_with, flattens_also_where_one_range_holds_nearly_all) {
    for (const std::size_t large : {std::size_t{0}, std::size_t{5}, std::size_t{100'000}}) {
        std::vector<std::vector<std::string>> ranges(100);
        std::vector<std::string> expected;
        for (std::size_t each = 0; each < ranges.size(); ++each) {
            ranges[each].resize(each == 50 ? large : each % 4, std::to_string(each));
            expected.insert(expected.end(), ranges[each].begin(), ranges[each].end());
        }
        ASSERT_EQ(pel::flatten(par.on(pool), ranges), expected);
    }
    EXPECT_TRUE(pel::flatten(par.on(pool), std::vector<std::vector<int>>()).empty());
}

} // namespace pack_test
