// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/shift.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace reverse_test {

using pel::par;
using pel::seq;
using pel_test::move_only;

class reverse_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};

    /// Distances at both ends of a range of n elements, in the middle, and at random.
    std::vector<std::uint64_t> distances(std::uint64_t n) {
        if (n < 20) {
            std::vector<std::uint64_t> all(n + 1);
            for (std::uint64_t i = 0; i <= n; ++i) all[i] = i;
            return all;
        }
        return {1, n - 1, n / 2, random() % n, random() % (n / 16), n - random() % (n / 16)};
    }
};
PEL_WITH_ALL_THREADS(reverse_with);

/// Returns: n different numbers.
std::vector<std::uint32_t> numbers(std::uint64_t n) {
    std::vector<std::uint32_t> all(n);
    for (std::uint64_t i = 0; i < n; ++i) all[i] = static_cast<std::uint32_t>(i);
    return all;
}
template <class Iterator>
Iterator after(Iterator first, std::uint64_t n) {
    return std::next(first, static_cast<std::ptrdiff_t>(n));
}

TEST_P(reverse_with, reverses_as_std_does) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto original = numbers(n);
        auto expected = original, got = original;
        std::reverse(expected.begin(), expected.end());
        ASSERT_EQ(pel::reverse(par.on(pool), got.begin(), got.end()), got.end());
        ASSERT_EQ(got, expected) << n;
        ASSERT_EQ(pel::reverse(par.on(pool).grain(3), got), got.end());
        ASSERT_EQ(got, original) << n;
        const auto ends = pel::reverse_copy(par.on(pool), original, got.begin());
        ASSERT_EQ(ends.in, original.end());
        ASSERT_EQ(ends.out, got.end());
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(reverse_with, reverses_other_elements_and_iterators) {
    auto values = pel_test::values_in<std::deque<move_only>>(pel_test::order::sorted, 5'001, random);
    pel::reverse(par.on(pool), values);
    EXPECT_TRUE(std::ranges::is_sorted(values, std::greater<>()));
    std::list<int> list{1, 2, 3, 4};
    EXPECT_EQ(pel::reverse(par.on(pool), list), list.end());
    std::vector<int> out;
    pel::reverse_copy(seq, list.begin(), list.end(), std::back_inserter(out));
    EXPECT_EQ(list, (std::list<int>{4, 3, 2, 1}));
    EXPECT_EQ(out, (std::vector<int>{1, 2, 3, 4}));
    std::vector<bool> bits(10'001);
    bits[7] = true;
    pel::reverse(par.on(pool), bits);
    EXPECT_EQ(std::ranges::find(bits, true) - bits.begin(), 9'993);
}

TEST_P(reverse_with, rotates_as_std_does) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto original = numbers(n);
        for (const std::uint64_t distance : distances(n)) {
            auto expected = original, got = original;
            std::rotate(expected.begin(), after(expected.begin(), distance), expected.end());
            ASSERT_EQ(pel::rotate(par.on(pool), got.begin(), after(got.begin(), distance), got.end()),
                      after(got.begin(), n - distance));
            ASSERT_EQ(got, expected) << n << ' ' << distance;
            const auto ends = pel::rotate_copy(par.on(pool), original, after(original.begin(), distance), got.begin());
            ASSERT_EQ(ends.in, original.end());
            ASSERT_EQ(ends.out, got.end());
            ASSERT_EQ(got, expected) << n << ' ' << distance;
            const auto back = pel::rotate(par.on(pool).grain(3), got, after(got.begin(), n - distance));
            ASSERT_EQ(back.begin(), after(got.begin(), distance));
            ASSERT_EQ(back.end(), got.end());
            ASSERT_EQ(got, original) << n << ' ' << distance;
        }
    }
}

TEST_P(reverse_with, rotates_other_elements_and_iterators) {
    for (const std::uint64_t n : {0U, 2U, 3U, 1'000U, 5'001U}) {
        for (const std::uint64_t distance : {n / 3, n}) {
            auto values = pel_test::values_in<std::vector<move_only>>(pel_test::order::sorted, n, random);
            const auto middle =
                pel::rotate(par.on(pool), values.begin(), after(values.begin(), distance), values.end());
            for (std::uint64_t i = 0; i < n; ++i) ASSERT_EQ(*values[i].value, (distance + i) % n);
            ASSERT_EQ(middle, after(values.begin(), n - distance));
        }
    }
    std::list<int> list{1, 2, 3};
    EXPECT_EQ(*pel::rotate(par.on(pool), list, std::next(list.begin())).begin(), 1);
    EXPECT_EQ(list, (std::list<int>{2, 3, 1}));
    std::vector<int> out;
    pel::rotate_copy(seq, list.begin(), std::next(list.begin()), list.end(), std::back_inserter(out));
    EXPECT_EQ(out, (std::vector<int>{3, 1, 2}));
    std::vector<bool> bits(10'001);
    bits[7] = true;
    pel::rotate(par.on(pool), bits.begin(), bits.begin() + 5, bits.end());
    EXPECT_TRUE(bits[2]);
}

template <class T>
bool is_shifted_left(const std::vector<T>& values, std::uint64_t distance) {
    for (std::uint64_t i = 0; distance < values.size() && i < values.size() - distance; ++i) {
        if (!(values[i] == pel_test::value_of<T>(static_cast<std::uint32_t>(i + distance)))) return false;
    }
    return true;
}
template <class T>
bool is_shifted_right(const std::vector<T>& values, std::uint64_t distance) {
    for (std::uint64_t i = distance; i < values.size(); ++i) {
        if (!(values[i] == pel_test::value_of<T>(static_cast<std::uint32_t>(i - distance)))) return false;
    }
    return true;
}

TEST_P(reverse_with, rotates_what_is_volatile) {
    constexpr std::ptrdiff_t n = 10'000;
    const auto numbers = std::make_unique<volatile int[]>(n);
    for (std::ptrdiff_t each = 0; each != n; ++each) numbers[each] = static_cast<int>(each);
    EXPECT_EQ(pel::rotate(par.on(pool), numbers.get(), numbers.get() + 7, numbers.get() + n), numbers.get() + n - 7);
    for (std::ptrdiff_t each = 0; each != n; ++each) ASSERT_EQ(numbers[each], (each + 7) % n);
}

TEST_P(reverse_with, shifts_numbers_by_any_distance) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        for (const std::uint64_t distance : distances(n)) {
            const auto by = static_cast<std::ptrdiff_t>(distance);
            auto got = numbers(n);
            const auto end = pel::shift_left(par.on(pool), got.begin(), got.end(), by);
            ASSERT_EQ(end, after(got.begin(), distance < n || distance == 0 ? n - distance : 0));
            ASSERT_TRUE(is_shifted_left(got, distance)) << n << ' ' << distance;
            got = numbers(n);
            const auto first = pel::shift_right(par.on(pool).grain(3), got.begin(), got.end(), by);
            ASSERT_EQ(first, after(got.begin(), distance));
            ASSERT_TRUE(is_shifted_right(got, distance)) << n << ' ' << distance;
        }
    }
}

TEST_P(reverse_with, shifts_strings_and_what_can_only_be_moved) {
    const std::uint64_t n = 40'000; // so that near shifts are shared, in pieces
    for (const std::uint64_t distance : {1U, 100U, 20'000U, 39'999U}) {
        const auto by = static_cast<std::ptrdiff_t>(distance);
        auto strings = pel_test::values_in<std::vector<std::string>>(pel_test::order::sorted, n, random);
        const auto moved = pel::shift_left(par.on(pool), strings, by);
        ASSERT_EQ(moved.begin(), strings.begin());
        ASSERT_EQ(moved.end(), strings.end() - by);
        ASSERT_TRUE(is_shifted_left(strings, distance));
        auto values = pel_test::values_in<std::vector<move_only>>(pel_test::order::sorted, n, random);
        const auto rest = pel::shift_right(par.on(pool), values, by);
        ASSERT_EQ(rest.begin(), values.begin() + by);
        ASSERT_EQ(rest.end(), values.end());
        ASSERT_TRUE(is_shifted_right(values, distance));
    }
}

struct may_throw {
    std::uint32_t number = 0;
    may_throw() = default;
    explicit may_throw(std::uint32_t its) : number(its) {}
    may_throw(const may_throw&) = default;
    may_throw& operator=(const may_throw& other) {
        if (other.number == ~0U) throw std::runtime_error("no");
        number = other.number;
        return *this;
    }
    friend bool operator==(const may_throw&, const may_throw&) = default;
};

TEST_P(reverse_with, elements_whose_moves_may_throw_are_shifted_by_windows_or_in_order) {
    for (const std::uint64_t distance : {1U, 17'000U, 30'000U, 70'000U}) {
        const auto by = static_cast<std::ptrdiff_t>(distance);
        auto values = pel_test::values_in<std::vector<may_throw>>(pel_test::order::sorted, 90'000, random);
        pel::shift_left(par.on(pool), values, by);
        ASSERT_TRUE(is_shifted_left(values, distance));
        values = pel_test::values_in<std::vector<may_throw>>(pel_test::order::sorted, 90'000, random);
        pel::shift_right(par.on(pool), values, by);
        ASSERT_TRUE(is_shifted_right(values, distance));
        values[85'000].number = ~0U;
        ASSERT_THROW(pel::shift_left(par.on(pool), values, by), std::runtime_error);
        values.back().number = ~0U;
        ASSERT_THROW(pel::rotate(par.on(pool), values, values.begin() + by), std::runtime_error);
    }
}

TEST_P(reverse_with, shifts_on_other_iterators) {
    std::list<int> list{1, 2, 3};
    EXPECT_EQ(pel::shift_left(par.on(pool), list, 1).end(), std::prev(list.end()));
    EXPECT_EQ(list.front(), 2);
    EXPECT_EQ(pel::shift_right(seq, list, 2).begin(), std::prev(list.end()));
    EXPECT_EQ(list.back(), 2);
    std::deque<std::uint32_t> deque(70'000);
    for (std::uint32_t i = 0; i < 70'000; ++i) deque[i] = i;
    pel::shift_left(par.on(pool), deque, 3);
    for (std::uint32_t i = 0; i < 69'997; ++i) ASSERT_EQ(deque[i], i + 3);
    pel::shift_right(par.on(pool), deque, 3);
    for (std::uint32_t i = 3; i < 70'000; ++i) ASSERT_EQ(deque[i], i);
}

} // namespace reverse_test
