// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/replace.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace replace_test {

using pel::par;
using pel::seq;
using pel_test::keyed;

class replace_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(replace_with);

const auto is_odd = [](std::uint32_t number) { return number % 2 != 0; };

TEST_P(replace_with, replaces_as_std_does) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        auto expected = pel_test::numbers_in(pel_test::order::few_distinct, n, random);
        auto got = expected;
        std::replace(expected.begin(), expected.end(), 3U, 9U);
        ASSERT_EQ(pel::replace(par.on(pool), got.begin(), got.end(), 3, 9), got.end());
        ASSERT_EQ(got, expected) << n;
        std::replace(expected.begin(), expected.end(), 4U, 3U);
        ASSERT_EQ(pel::replace(par.on(pool).grain(3), got, 4U, 3U), got.end());
        ASSERT_EQ(got, expected) << n;
        std::replace_if(expected.begin(), expected.end(), is_odd, 8U);
        ASSERT_EQ(pel::replace_if(par.on(pool), got.begin(), got.end(), is_odd, 8), got.end());
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(replace_with, replaces_in_copies_as_std_does) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto from = pel_test::numbers_in(pel_test::order::few_distinct, n, random);
        std::vector<std::uint32_t> expected(n), got(n);
        std::replace_copy(from.begin(), from.end(), expected.begin(), 3U, 9U);
        ASSERT_EQ(pel::replace_copy(par.on(pool), from.begin(), from.end(), got.begin(), 3, 9), got.end());
        ASSERT_EQ(got, expected) << n;
        std::replace_copy_if(from.begin(), from.end(), expected.begin(), is_odd, 8U);
        const auto ends = pel::replace_copy_if(par.on(pool).grain(3), from, got.begin(), is_odd, 8U);
        ASSERT_EQ(ends.in, from.end());
        ASSERT_EQ(ends.out, got.end());
        ASSERT_EQ(got, expected) << n;
        got.assign(n, 0);
        ASSERT_EQ(pel::replace_copy_if(par.on(pool), from.begin(), from.end(), got.begin(), is_odd, 8U), got.end());
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(replace_with, looks_at_projections_and_at_each_element_once) {
    std::deque<keyed> elements(10'000, keyed{1, 1});
    elements[77].key = 5;
    elements[99].key = 6;
    EXPECT_EQ(pel::replace(par.on(pool), elements, 5, keyed{7, 7}, &keyed::key), elements.end());
    std::atomic<int> calls{0};
    const auto is_six = [&](std::uint32_t key) { return ++calls, key == 6; };
    pel::replace_if(par.on(pool), elements, is_six, keyed{8, 8}, &keyed::key);
    EXPECT_EQ(calls, 10'000);
    EXPECT_EQ(elements[77], (keyed{7, 7}));
    EXPECT_EQ(elements[99], (keyed{8, 8}));
    std::vector<keyed> out(10'000);
    pel::replace_copy(par.on(pool), elements, out.begin(), 1, keyed{2, 2}, &keyed::key);
    pel::replace_copy_if(par.on(pool), out, out.begin(), is_odd, keyed{4, 4}, &keyed::key); // 77 is odd
    EXPECT_EQ(std::ranges::count(out, keyed{2, 2}), 9'998);
    EXPECT_EQ(out[77], (keyed{4, 4}));
}

TEST_P(replace_with, compares_and_assigns_values_of_other_types) {
    std::vector<std::string> strings(5'000, "old");
    strings[7] = "other";
    pel::replace(par.on(pool), strings, std::string_view("old"), "new");
    EXPECT_EQ(std::ranges::count(strings, "new"), 4'999);
    std::vector<std::string> out(5'000);
    EXPECT_EQ(pel::replace_copy(par.on(pool), strings, out.begin(), "other", std::string("same")).out, out.end());
    EXPECT_EQ(out[7], "same");
    EXPECT_EQ(std::ranges::count(out, "new"), 4'999);
}

TEST_P(replace_with, works_in_order_on_other_iterators) {
    std::list<int> list{1, 2, 1};
    EXPECT_EQ(pel::replace(par.on(pool), list, 1, 3), list.end());
    std::vector<int> out;
    pel::replace_copy(par.on(pool), list, std::back_inserter(out), 3, 4);
    EXPECT_EQ(out, (std::vector<int>{4, 2, 4}));
    std::vector<bool> bits(10'001);
    pel::replace(par.on(pool), bits, false, true);
    EXPECT_EQ(std::ranges::count(bits, true), 10'001);
    std::vector<int> calls;
    pel::replace_if(seq, out, [&](int each) { return calls.push_back(each), false; }, 0);
    EXPECT_EQ(calls, out);
}

TEST_P(replace_with, an_exception_of_a_predicate_arrives) {
    auto numbers = pel_test::numbers_in(pel_test::order::sorted, pel_test::scaled(100'000), random);
    const std::uint32_t last = numbers.back();
    const auto is_last = [&](std::uint32_t number) {
        return number == last ? throw std::runtime_error("no") : number % 2 == 0;
    };
    EXPECT_THROW(pel::replace_if(par.on(pool), numbers, is_last, 1U), std::runtime_error);
    EXPECT_EQ(numbers.back(), last);
}

TEST_P(replace_with, what_elements_refer_to_is_the_callers_own) {
    const int one = 1, other = 2;
    std::vector<std::reference_wrapper<const int>> references(10'000, one);
    const auto all_refer_to = [&](const int& its) {
        return std::ranges::all_of(references, [&](const auto& each) { return &each.get() == &its; });
    };
    pel::replace_if(par.on(pool), references, [](int each) { return each == 1; }, other);
    EXPECT_TRUE(all_refer_to(other));
    const std::vector<int> ones(10'000, 1);
    pel::replace_copy(par.on(pool), ones, references.begin(), 1, one);
    EXPECT_TRUE(all_refer_to(one));
    pel::replace_copy_if(seq, ones, references.begin(), [](int each) { return each == 1; }, other);
    EXPECT_TRUE(all_refer_to(other));
}

} // namespace replace_test
