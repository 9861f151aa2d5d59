// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/for_each.hpp>
#include <pel/algorithm/transform.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <numeric>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace transform_test {

using pel::par;
using pel::seq;

class transform_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(transform_with);

TEST_P(transform_with, says_what_std_says) {
    const auto twice_and_one = [](std::uint32_t x) { return std::uint64_t{x} * 2 + 1; };
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto from = pel_test::numbers_in(pel_test::order::random, n, random);
        std::vector<std::uint64_t> expected(n), got(n);
        std::transform(from.begin(), from.end(), expected.begin(), twice_and_one);
        ASSERT_EQ(pel::transform(par.on(pool), from.begin(), from.end(), got.begin(), twice_and_one), got.end());
        ASSERT_EQ(got, expected) << n;
        got.assign(n, 0);
        const auto ends = pel::transform(par.on(pool), from, got.data(), twice_and_one);
        ASSERT_EQ(ends.in, from.end());
        ASSERT_EQ(ends.out, got.data() + n);
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(transform_with, two_ranges_end_with_the_shorter_one) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        const auto a = pel_test::numbers_in(pel_test::order::random, n, random);
        auto b = pel_test::numbers_in(pel_test::order::random, n + 5, random);
        std::vector<std::uint32_t> expected(n), got(n);
        std::transform(a.begin(), a.end(), b.begin(), expected.begin(), std::minus<>());
        ASSERT_EQ(pel::transform(par.on(pool), a.begin(), a.end(), b.begin(), got.begin(), std::minus<>()), got.end());
        ASSERT_EQ(got, expected) << n;
        got.assign(n, 0);
        ASSERT_EQ(pel::transform(par.on(pool), b, a, got.begin(), std::plus<>()).in1, b.begin() + std::ssize(a));
        std::transform(a.begin(), a.end(), b.begin(), expected.begin(), std::plus<>());
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(transform_with, works_in_place_through_projections_and_on_other_iterators) {
    std::deque<pel_test::keyed> elements(10'000);
    pel::transform(
        par.on(pool), elements, elements.begin(), [](std::uint32_t key) { return pel_test::keyed{key + 1, 2}; },
        &pel_test::keyed::key);
    EXPECT_EQ(std::ranges::count(elements, pel_test::keyed{1, 2}), 10'000);

    const std::list<int> list{1, 2, 3};
    std::vector<int> out;
    pel::transform(par.on(pool), list, std::back_inserter(out), std::negate<>());
    EXPECT_EQ(out, (std::vector<int>{-1, -2, -3}));
    std::istringstream in("4 5");
    pel::transform(seq, std::istream_iterator<int>(in), std::istream_iterator<int>(), std::back_inserter(out),
                   std::negate<>());
    EXPECT_EQ(out, (std::vector<int>{-1, -2, -3, -4, -5}));
}

TEST_P(transform_with, writes_the_bits_of_a_vector_in_order) {
    const std::vector<int> numbers(10'001, 3);
    std::vector<bool> bits(numbers.size());
    pel::transform(par.on(pool), numbers, bits.begin(), [](int x) { return x == 3; });
    EXPECT_EQ(std::ranges::count(bits, true), 10'001);
}

TEST_P(transform_with, an_exception_arrives_and_the_pool_goes_on) {
    std::vector<int> numbers(pel_test::scaled(100'000));
    std::iota(numbers.begin(), numbers.end(), 0);
    const int last = static_cast<int>(numbers.size()) - 1;
    EXPECT_THROW(pel::transform(par.on(pool), numbers, numbers.begin(),
                                [&](int x) { return x == last ? throw std::runtime_error("no") : x; }),
                 std::runtime_error);
    pel::transform(par.on(pool), numbers, numbers.begin(), [](int x) { return x + 1; });
    EXPECT_EQ(numbers.back(), last + 1);
}

TEST_P(transform_with, adjacent_differences_are_those_of_std) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        const auto from = pel_test::numbers_in(pel_test::order::random, n, random);
        std::vector<std::uint32_t> expected(n), got(n);
        std::adjacent_difference(from.begin(), from.end(), expected.begin());
        ASSERT_EQ(pel::adjacent_difference(par.on(pool), from.begin(), from.end(), got.begin()), got.end());
        ASSERT_EQ(got, expected) << n;
        got.assign(n, 0);
        pel::adjacent_difference(par.on(pool), from, got.begin(), std::plus<>());
        std::adjacent_difference(from.begin(), from.end(), expected.begin(), std::plus<>());
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(transform_with, for_each_calls_once_for_each_element) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        std::vector<pel_test::keyed> elements(n);
        ASSERT_EQ(pel::for_each(
                      par.on(pool), elements, [](std::uint32_t& key) { ++key; }, &pel_test::keyed::key),
                  elements.end());
        ASSERT_EQ(pel::for_each_n(par.on(pool), elements.data(), n, [](pel_test::keyed& each) { ++each.key; }),
                  elements.data() + n);
        ASSERT_EQ(std::ranges::count(elements, 2U, &pel_test::keyed::key), static_cast<std::ptrdiff_t>(n));
    }
    std::list<int> list{1, 2, 3};
    EXPECT_EQ(pel::for_each_n(par.on(pool), list.begin(), 2, [](int& x) { x = 0; }), std::prev(list.end()));
    EXPECT_EQ(list, (std::list<int>{0, 0, 3}));
    pel::for_each_n(list.begin(), -1, [](int& x) { x = 9; });
    EXPECT_EQ(list.front(), 0);
}

TEST_P(transform_with, generic_functions_are_compiled_as_they_are_called) {
    const std::vector<int> numbers(1'000, 3);
    std::vector<int> out(1'000);
    pel::transform(par.on(pool), numbers, out.begin(), [](auto x) {
        decltype(x) product = 1;
        for (; x > 0; --x) product *= x;
        return product;
    });
    EXPECT_EQ(out, std::vector<int>(1'000, 6));
    pel::transform(par.on(pool), out, out.begin(), [](auto x) {
        const std::vector<decltype(x)> both{x, x};
        return both.front() + both.back();
    });
    EXPECT_EQ(out, std::vector<int>(1'000, 12));
    pel::transform(par.on(pool), numbers, out, out.begin(), [](auto a, auto b) { return a += b; });
    EXPECT_EQ(out, std::vector<int>(1'000, 15));
    pel::transform(par.on(pool), out, out.begin(), [](auto& x) { return x += 1; });
    EXPECT_EQ(out, std::vector<int>(1'000, 16));
    pel::for_each(par.on(pool), out, [](auto&& x) { x += 1; });
    EXPECT_EQ(out, std::vector<int>(1'000, 17));
}
/// Its state is its own: a copy would have another.
struct counting {
    std::uint32_t calls = 0;
    auto operator()(auto x) { return ++calls, x; }
};
template <class F, class... Arguments>
inline constexpr bool is_copied = pel::detail::copied_into_registers<F, Arguments...>;
constexpr auto generic = [](auto x) { return x; };
constexpr auto changing = [](auto x) mutable { return x; };
static_assert(is_copied<decltype(generic), int&> && is_copied<std::plus<>, int&, int&>);
static_assert(!is_copied<counting, int&> && !is_copied<std::remove_const_t<decltype(changing)>, int&>);

TEST_P(transform_with, one_of_two_ranges_need_not_have_an_end) {
    const std::vector<int> ones(1'000, 1);
    const auto numbers = std::views::iota(0);
    const auto doubled = numbers | std::views::transform([](int i) { return 2 * i; });
    const auto few = std::views::iota(0, 3'000) | std::views::take_while([](int i) { return i < 5; });
    std::vector<int> out(1'000);
    EXPECT_EQ(pel::transform(par.on(pool), numbers, ones, out.begin(), std::plus<>()).out, out.end());
    EXPECT_EQ(out.back(), 1'000);
    EXPECT_EQ(pel::transform(par.on(pool), ones, doubled, out.begin(), std::plus<>()).in1, ones.end());
    EXPECT_EQ(out.back(), 1'999);
    EXPECT_EQ(pel::transform(par.on(pool), doubled, ones, out.begin(), std::plus<>()).in2, ones.end());
    EXPECT_EQ(pel::transform(par.on(pool), few, doubled, out.begin(), std::plus<>()).out, out.begin() + 5);
    EXPECT_EQ(pel::transform(par.on(pool), ones, few, out.begin(), std::plus<>()).out, out.begin() + 5);
}

TEST_P(transform_with, differences_of_what_is_read_once) {
    std::istringstream all("1 3 6 10"), some("1 3 6 10"), none;
    std::vector<int> out;
    pel::adjacent_difference(par.on(pool), std::views::istream<int>(all), std::back_inserter(out));
    EXPECT_EQ(out, (std::vector<int>{1, 2, 3, 4}));
    out.clear();
    pel::adjacent_difference(par.on(pool), std::counted_iterator(std::istream_iterator<int>(some), 3),
                             std::default_sentinel, std::back_inserter(out));
    EXPECT_EQ(out, (std::vector<int>{1, 2, 3}));
    pel::adjacent_difference(par.on(pool), std::views::istream<int>(none), std::back_inserter(out));
    EXPECT_EQ(out.size(), 3U);
}

TEST_P(transform_with, bits_that_may_be_written_are_visited_in_order) {
    std::vector<bool> bits(10'000);
    const auto here = std::this_thread::get_id();
    int elsewhere = 0;
    pel::for_each(par.on(pool), bits, [&](auto&& bit) {
        if (std::this_thread::get_id() != here) ++elsewhere;
        bit = true;
    });
    auto all = bits | std::views::filter([](bool bit) { return bit; });
    pel::for_each(par.on(pool), all, [&](auto&& bit) {
        if (std::this_thread::get_id() != here) ++elsewhere;
        bit = false;
    });
    EXPECT_EQ(elsewhere, 0);
    EXPECT_EQ(std::ranges::count(bits, false), 10'000);
}

TEST_P(transform_with, calls_a_function_for_what_is_read_once) {
    std::istringstream in("1 2 3 4 5 6");
    auto numbers = std::views::istream<int>(in);
    std::atomic<int> sum{0};
    const auto add = [&](int number) { sum += number; };
    pel::for_each_n(par.on(pool), numbers.begin(), 2, add);
    EXPECT_EQ(sum, 3);
    EXPECT_EQ(pel::for_each(par.on(pool), numbers, add), numbers.end());
    std::istringstream more("7 8 9");
    const auto end = pel::for_each(pel::seq, std::istream_iterator<int>(more), std::istream_iterator<int>(), add);
    EXPECT_EQ(end, std::istream_iterator<int>());
    std::vector<std::string> texts(100, "a text that is too long for a short string"), taken;
    pel::for_each(pel::seq, std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end()),
                  [&](std::string&& text) { taken.push_back(std::move(text)); });
    EXPECT_EQ(taken, std::vector<std::string>(100, "a text that is too long for a short string"));
    EXPECT_EQ(std::ranges::count(texts, ""), 100);
}

namespace uncommon {
/// What refuses a comma, also between numbers and iterators.
struct element {
    int value = 0;
};
template <class A, class B>
void operator,(A&&, B&&) = delete;
} // namespace uncommon

TEST_P(transform_with, elements_need_no_comma) {
    std::deque<uncommon::element> elements(1'000);
    pel::transform(par.on(pool), elements, elements, elements.begin(),
                   [](const auto& a, const auto& b) { return uncommon::element{a.value + b.value + 1}; });
    EXPECT_EQ(std::ranges::count(elements, 1, &uncommon::element::value), 1'000);
}

} // namespace transform_test
