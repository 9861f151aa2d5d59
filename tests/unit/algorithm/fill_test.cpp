// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/fill.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace fill_test {

using pel::par;
using pel::seq;

class fill_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(fill_with);

/// Whether these and no others have the value.
template <class Elements, class T>
bool is_filled(const Elements& elements, std::uint64_t lo, std::uint64_t hi, const T& value) {
    for (std::uint64_t i = 0; i < elements.size(); ++i) {
        if ((elements[i] == value) != (lo <= i && i < hi)) return false;
    }
    return true;
}

TEST_P(fill_with, fills_all_elements_and_no_others) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<std::uint32_t> numbers(n + 2);
        const auto first = numbers.begin() + 1;
        ASSERT_EQ(pel::fill(par.on(pool), first, numbers.end() - 1, 7), numbers.end() - 1);
        ASSERT_TRUE(is_filled(numbers, 1, n + 1, 7U)) << n;
        ASSERT_EQ(pel::fill_n(par.on(pool).grain(3), first, n, 8), numbers.end() - 1);
        ASSERT_TRUE(is_filled(numbers, 1, n + 1, 8U)) << n;
    }
    std::vector<unsigned char> bytes(pel_test::scaled(1'000'000));
    EXPECT_EQ(pel::fill(par.on(pool), bytes, 'x'), bytes.end());
    EXPECT_TRUE(is_filled(bytes, 0, bytes.size(), 'x'));
}

TEST_P(fill_with, fills_strings_deques_lists_and_bits) {
    std::deque<std::string> strings(pel_test::scaled(10'000));
    EXPECT_EQ(pel::fill(par.on(pool), strings, "a value too long for a short string"), strings.end());
    EXPECT_TRUE(is_filled(strings, 0, strings.size(), "a value too long for a short string"));

    std::list<int> list(3);
    EXPECT_EQ(pel::fill(par.on(pool), list, 4), list.end());
    EXPECT_EQ(pel::fill_n(par.on(pool), list.begin(), 2, 5), std::prev(list.end()));
    EXPECT_EQ(list, (std::list<int>{5, 5, 4}));
    std::vector<int> added;
    pel::fill_n(seq, std::back_inserter(added), 2, 6);
    pel::fill_n(added.begin(), -1, 7);
    EXPECT_EQ(added, (std::vector<int>{6, 6}));

    std::vector<bool> bits(10'001);
    pel::fill(par.on(pool), bits, true);
    EXPECT_EQ(std::ranges::count(bits, true), 10'001);
}

TEST_P(fill_with, each_element_is_generated_by_a_call_of_its_own) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        std::vector<std::uint64_t> numbers(n);
        std::atomic<std::uint64_t> calls{0};
        const auto next = [&] { return calls.fetch_add(1); };
        ASSERT_EQ(pel::generate(par.on(pool), numbers.begin(), numbers.end(), next), numbers.end());
        ASSERT_EQ(calls, n);
        std::sort(numbers.begin(), numbers.end());
        for (std::uint64_t i = 0; i < n; ++i) ASSERT_EQ(numbers[i], i);
        ASSERT_EQ(pel::generate_n(par.on(pool), numbers.begin(), n, next), numbers.end());
        ASSERT_EQ(std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}), n * n + n * (n - 1) / 2);
    }
}

TEST_P(fill_with, generates_in_order_where_it_is_told_to_or_cannot_do_else) {
    std::vector<pel_test::move_only> values(100);
    pel::generate(seq, values, [n = 0U]() mutable { return pel_test::move_only(n++); });
    for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(*values[i].value, i);
    std::list<int> list(3);
    EXPECT_EQ(pel::generate_n(par.on(pool), list.begin(), 2, [n = 1]() mutable { return n++; }), std::prev(list.end()));
    EXPECT_EQ(list, (std::list<int>{1, 2, 0}));
}

TEST_P(fill_with, an_exception_of_a_generator_arrives) {
    std::vector<int> numbers(pel_test::scaled(100'000));
    std::atomic<std::uint64_t> calls{0};
    const auto generate = [&] {
        if (calls.fetch_add(1) == numbers.size() / 2) throw std::runtime_error("no");
        return 1;
    };
    EXPECT_THROW(pel::generate(par.on(pool), numbers, generate), std::runtime_error);
    pel::generate(par.on(pool), numbers, [] { return 2; });
    EXPECT_TRUE(is_filled(numbers, 0, numbers.size(), 2));
}

TEST_P(fill_with, counts_as_std_does) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        std::vector<int> expected(n), got(n);
        std::iota(expected.begin(), expected.end(), -5);
        const auto ends = pel::iota(par.on(pool), got.begin(), got.end(), -5);
        ASSERT_EQ(ends.out, got.end());
        ASSERT_EQ(ends.value, static_cast<int>(n) - 5);
        ASSERT_EQ(got, expected) << n;
    }
    std::vector<unsigned char> wrapping(10'000), expected(10'000);
    EXPECT_EQ(pel::iota(par.on(pool), wrapping, static_cast<unsigned char>(250)).out, wrapping.end());
    std::iota(expected.begin(), expected.end(), static_cast<unsigned char>(250));
    EXPECT_EQ(wrapping, expected);
    std::vector<double> halves(pel_test::scaled(100'000));
    EXPECT_EQ(pel::iota(par.on(pool), halves, 0.5).value, 0.5 + static_cast<double>(halves.size()));
    for (std::uint64_t i = 0; i < halves.size(); ++i) ASSERT_EQ(halves[i], 0.5 + static_cast<double>(i));
}

TEST_P(fill_with, counts_what_can_only_be_incremented) {
    std::list<int> list(1'000);
    std::vector<std::list<int>::iterator> places(1'000);
    EXPECT_EQ(pel::iota(par.on(pool), places, list.begin()).value, list.end());
    EXPECT_EQ(places.back(), std::prev(list.end()));
    EXPECT_EQ(pel::iota(par.on(pool), list, 3).value, 1'003);
    EXPECT_EQ(list.back(), 1'002);
    std::vector<const int*> pointers(10'000);
    const std::vector<int> numbers(10'000);
    EXPECT_EQ(pel::iota(par.on(pool), pointers, numbers.data()).value, numbers.data() + 10'000);
    for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(pointers[i], &numbers[i]);
    std::vector<long> ends(2);
    pel::iota(seq, ends, std::numeric_limits<long>::max() - 1);
    EXPECT_EQ(ends.back(), std::numeric_limits<long>::max());
}

TEST_P(fill_with, what_elements_refer_to_is_the_callers_own) {
    const int one = 1, other = 2;
    const std::array<int, 2> two{3, 4};
    std::vector<std::reference_wrapper<const int>> references(10'000, one);
    std::vector<std::span<const int>> views(10'000);
    const auto all_refer_to = [&](const int& its) {
        return std::ranges::all_of(references, [&](const auto& each) { return &each.get() == &its; });
    };
    pel::fill(par.on(pool), references, other);
    EXPECT_TRUE(all_refer_to(other));
    pel::fill_n(par.on(pool), references.begin(), 10'000, one);
    EXPECT_TRUE(all_refer_to(one));
    pel::fill(seq, references, other);
    EXPECT_TRUE(all_refer_to(other));
    pel::fill_n(seq, references.begin(), 10'000, one);
    EXPECT_TRUE(all_refer_to(one));
    pel::fill(par.on(pool), views, two);
    EXPECT_TRUE(std::ranges::all_of(views, [&](const auto& each) { return each.data() == two.data(); }));
}

TEST_P(fill_with, counts_beyond_64_bits) {
    __extension__ using wide = __int128;
    std::vector<wide> numbers(10'000);
    const wide first = (wide{1} << 70) - 5'000;
    pel::iota(par.on(pool), numbers, first);
    for (std::uint64_t each = 0; each < numbers.size(); ++each) ASSERT_TRUE(numbers[each] == first + wide{each});
}

} // namespace fill_test
