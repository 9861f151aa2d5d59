// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: searches
#include <pel/algorithm/contains.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <forward_list>
#include <functional>
#include <list>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace contains_test {

using pel::par;
using pel::seq;

class contains_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(contains_with);

TEST_P(contains_with, what_is_there_and_what_is_not) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::sorted, n, random);
        const auto cut = static_cast<std::ptrdiff_t>(random() % (n + 1));
        const auto some = std::ranges::subrange(numbers.begin() + cut / 2, numbers.begin() + cut);
        ASSERT_EQ(pel::contains(par.on(pool), numbers, 7), n > 7);
        ASSERT_FALSE(pel::contains(par.on(pool), numbers.begin(), numbers.end(), n));
        ASSERT_TRUE(pel::contains_subrange(par.on(pool), numbers, some)) << n;
        ASSERT_EQ(pel::starts_with(par.on(pool), numbers, some), some.empty() || cut / 2 == 0) << n;
        ASSERT_EQ(pel::ends_with(par.on(pool), numbers, some), some.empty() || some.end() == numbers.end()) << n;
        auto changed = std::vector(some.begin(), some.end());
        changed.push_back(0);
        ASSERT_EQ(pel::contains_subrange(par.on(pool), numbers, changed), n != 0 && some.empty()) << n;
        ASSERT_EQ(pel::ends_with(par.on(pool), numbers, changed), n == 1 && some.empty()) << n;
        ASSERT_TRUE(pel::starts_with(par.on(pool), changed.begin(), changed.end(), some.begin(), some.end())) << n;
        ASSERT_EQ(pel::starts_with(par.on(pool), some, changed), false) << n;
    }
}

TEST_P(contains_with, relations_projections_and_other_iterators) {
    const std::list<std::string> words{"a", "bb", "ccc", "dddd"};
    const std::forward_list<std::string_view> two{"ccc", "dddd"};
    EXPECT_TRUE(pel::contains(par.on(pool), words, "ccc"));
    EXPECT_TRUE(pel::contains(par.on(pool), words, 4U, &std::string::size));
    EXPECT_TRUE(pel::contains_subrange(words, two));
    EXPECT_TRUE(pel::ends_with(par.on(pool), words, two));
    EXPECT_FALSE(pel::starts_with(par.on(pool), words, two));
    EXPECT_TRUE(pel::starts_with(par.on(pool), words, two, std::less<>()));
    EXPECT_TRUE(pel::starts_with(words, std::views::iota(1U, 3U), {}, &std::string::size));
    EXPECT_TRUE(pel::ends_with(seq, words.begin(), words.end(), two.begin(), two.end(), std::equal_to<>()));
    std::istringstream stream("1 2 3"), same("1 2 3");
    using reader = std::istream_iterator<int>;
    EXPECT_TRUE(
        pel::starts_with(reader(stream), reader(), std::views::iota(1, 3).begin(), std::views::iota(1, 3).end()));
    EXPECT_TRUE(pel::contains(reader(same), reader(), 3));
    const std::vector<int> none;
    EXPECT_TRUE(pel::contains_subrange(none, none) && pel::starts_with(none, none) && pel::ends_with(none, none));
}

/// Cannot be compared with 3.
struct fragile {
    int number;
    friend bool operator==(const fragile& a, const fragile& b) {
        return a.number == 3 ? throw std::runtime_error("no") : a.number == b.number;
    }
};

TEST_P(contains_with, an_exception_arrives) {
    std::vector<fragile> elements(10'000);
    EXPECT_FALSE(pel::contains(par.on(pool), elements, fragile{2}));
    elements[9'000].number = 3;
    EXPECT_THROW(pel::contains(par.on(pool), elements, fragile{2}), std::runtime_error);
    const std::vector<fragile> part{{0}, {2}};
    EXPECT_THROW(pel::contains_subrange(par.on(pool), elements, part), std::runtime_error);
    elements[9'999].number = 3;
    EXPECT_THROW(pel::ends_with(par.on(pool), elements, part), std::runtime_error);
}

} // namespace contains_test
