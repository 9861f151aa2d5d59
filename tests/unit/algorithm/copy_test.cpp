// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/copy.hpp>
#include <pel/algorithm/fill.hpp>
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/set_operations.hpp>
#include <pel/algorithm/transform.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace copy_test {

using pel::par;
using pel::seq;
using pel_test::move_only;

class copy_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(copy_with);

template <class Container>
Container random_values(std::uint64_t n, std::mt19937_64& random) {
    return pel_test::values_in<Container>(pel_test::order::random, n, random);
}

TEST_P(copy_with, copies_all_elements_and_writes_no_others) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto from = pel_test::numbers_in(pel_test::order::random, n, random);
        auto expected = from;
        expected.push_back(77);
        std::vector<std::uint32_t> got(n + 1, 77);
        ASSERT_EQ(pel::copy(par.on(pool), from.begin(), from.end(), got.begin()), got.end() - 1);
        ASSERT_EQ(got, expected) << n;
        got.assign(n + 1, 77);
        const auto ends = pel::copy(par.on(pool).grain(3), from, got.data());
        ASSERT_EQ(ends.in, from.end());
        ASSERT_EQ(ends.out, got.data() + n);
        ASSERT_EQ(got, expected) << n;
        got.assign(n + 1, 77);
        ASSERT_EQ(pel::copy_n(par.on(pool), from.begin(), n, got.begin()), got.end() - 1);
        ASSERT_EQ(got, expected) << n;
    }
}

TEST_P(copy_with, copies_from_and_to_other_iterators_and_types) {
    const auto strings = random_values<std::deque<std::string>>(pel_test::scaled(10'000), random);
    std::deque<std::string> got(strings.size());
    EXPECT_EQ(pel::copy(par.on(pool), strings, got.begin()).out, got.end());
    EXPECT_EQ(got, strings);

    std::vector<std::int64_t> squares(10'000);
    pel::copy(par.on(pool), std::views::iota(0, 10'000) | std::views::transform([](int i) { return i * i; }),
              squares.begin());
    for (std::int64_t i = 0; i < 10'000; ++i) ASSERT_EQ(squares[static_cast<std::size_t>(i)], i * i);

    std::list<int> list{1, 2, 3};
    std::vector<int> out;
    EXPECT_EQ(pel::copy(par.on(pool), list, std::back_inserter(out)).in, list.end());
    pel::copy_n(seq, list.begin(), 2, std::back_inserter(out));
    pel::copy_n(list.begin(), -1, out.begin());
    std::istringstream in("4 5");
    pel::copy(par.on(pool), std::istream_iterator<int>(in), std::istream_iterator<int>(), std::back_inserter(out));
    EXPECT_EQ(out, (std::vector<int>{1, 2, 3, 1, 2, 4, 5}));
}

TEST_P(copy_with, writes_the_bits_of_a_vector_in_order) {
    std::vector<bool> from(10'001), to(10'001);
    for (std::size_t i = 0; i < from.size(); i += 3) from[i] = true;
    pel::copy(par.on(pool), from, to.begin());
    EXPECT_EQ(to, from);
    std::vector<bool> zeros(10'001);
    pel::swap_ranges(par.on(pool), to, zeros);
    EXPECT_EQ(zeros, from);
    std::vector<char> chars(10'001);
    pel::copy(par.on(pool), from, chars.begin());
    EXPECT_TRUE(std::ranges::equal(chars, from));
}

TEST_P(copy_with, moves_elements_that_cannot_be_copied) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 2, 100'000)) {
        auto from = random_values<std::vector<move_only>>(n, random);
        std::vector<const std::uint32_t*> expected(n);
        std::ranges::transform(from, expected.begin(), [](const move_only& each) { return each.value.get(); });
        std::vector<move_only> got(n);
        const auto has_expected = [&](const std::vector<move_only>& elements) {
            return std::ranges::equal(elements, expected, {}, [](const move_only& each) { return each.value.get(); });
        };
        ASSERT_EQ(pel::move(par.on(pool), from.begin(), from.end(), got.begin()), got.end());
        ASSERT_TRUE(has_expected(got)) << n;
        ASSERT_TRUE(std::ranges::all_of(from, [](const move_only& each) { return each.value == nullptr; }));
        ASSERT_EQ(pel::move(par.on(pool).grain(3), got, from.begin()).in, got.end());
        ASSERT_TRUE(has_expected(from)) << n;
    }
    std::list<move_only> list;
    pel::move(seq, random_values<std::vector<move_only>>(5, random), std::back_inserter(list));
    EXPECT_TRUE(std::ranges::all_of(list, [](const move_only& each) { return each.value != nullptr; }));
    EXPECT_EQ(list.size(), 5U);
}

TEST_P(copy_with, swaps_as_many_as_both_have) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        auto a = random_values<std::vector<std::uint32_t>>(n, random);
        auto b = random_values<std::vector<std::uint32_t>>(n + 3, random);
        const auto old_a = a, old_b = b;
        ASSERT_EQ(pel::swap_ranges(par.on(pool), a.begin(), a.end(), b.begin()), b.end() - 3);
        ASSERT_TRUE(std::equal(a.begin(), a.end(), old_b.begin())) << n;
        ASSERT_TRUE(std::equal(old_a.begin(), old_a.end(), b.begin())) << n;
        ASSERT_TRUE(std::equal(b.end() - 3, b.end(), old_b.end() - 3)) << n;
        const auto ends = pel::swap_ranges(par.on(pool).grain(3), b, a);
        ASSERT_EQ(ends.in1, b.end() - 3);
        ASSERT_EQ(ends.in2, a.end());
        ASSERT_EQ(a, old_a) << n;
        ASSERT_EQ(b, old_b) << n;
    }
    auto values = random_values<std::vector<move_only>>(5'000, random);
    auto others = random_values<std::deque<move_only>>(5'000, random);
    const auto* const first = values.front().value.get();
    const auto* const last = others.back().value.get();
    pel::swap_ranges(par.on(pool), values, others);
    EXPECT_EQ(others.front().value.get(), first);
    EXPECT_EQ(values.back().value.get(), last);
}

struct throwing {
    std::uint32_t number = 0;
    throwing() = default;
    explicit throwing(std::uint32_t its) : number(its) {}
    throwing(const throwing&) = default;
    throwing& operator=(const throwing& other) {
        if (other.number == 0) throw std::runtime_error("no");
        number = other.number;
        return *this;
    }
};

TEST_P(copy_with, an_exception_of_an_assignment_arrives) {
    std::vector<throwing> from(pel_test::scaled(50'000), throwing(1)), to(from.size());
    from.back().number = 0;
    EXPECT_THROW(pel::copy(par.on(pool), from, to.begin()), std::runtime_error);
    from.back().number = 2;
    EXPECT_EQ(pel::copy(par.on(pool), from, to.begin()).out, to.end());
    EXPECT_EQ(std::ranges::count(to, 1U, &throwing::number), std::ssize(to) - 1);
}

/// Where nobody writes again what is written once.
class sink {
public:
    using difference_type = std::ptrdiff_t;

    explicit sink(std::vector<int>& all) : all_(&all) {}
    sink(sink&&) = default;
    sink& operator=(sink&&) = default;
    sink& operator*() noexcept { return *this; }
    sink& operator=(int number) {
        all_->push_back(number);
        return *this;
    }
    sink& operator++() noexcept { return *this; }
    void operator++(int) noexcept {}

private:
    std::vector<int>* all_;
};

TEST_P(copy_with, an_output_that_can_only_be_moved_will_do) {
    using numbers = std::vector<int>;
    const numbers from{1, 2, 4}, others{2, 3};
    numbers to;
    const auto gives = [&](const numbers& expected) { return std::exchange(to, numbers()) == expected; };
    for (int each = 0; each != 2; ++each) {
        const auto run = [&](const auto& algorithm, auto&&... arguments) {
            if (each == 0)
                (void)algorithm(par.on(pool), std::forward<decltype(arguments)>(arguments)...);
            else
                (void)algorithm(pel::seq, std::forward<decltype(arguments)>(arguments)...);
        };
        run(pel::copy, from, sink(to));
        EXPECT_TRUE(gives({1, 2, 4}));
        run(pel::copy_n, from.begin(), 2, sink(to));
        EXPECT_TRUE(gives({1, 2}));
        run(pel::move, from, sink(to));
        EXPECT_TRUE(gives({1, 2, 4}));
        run(pel::reverse_copy, from, sink(to));
        EXPECT_TRUE(gives({4, 2, 1}));
        run(pel::rotate_copy, from, from.begin() + 1, sink(to));
        EXPECT_TRUE(gives({2, 4, 1}));
        run(pel::transform, from, sink(to), std::negate<>());
        EXPECT_TRUE(gives({-1, -2, -4}));
        run(pel::adjacent_difference, from.begin(), from.end(), sink(to));
        EXPECT_TRUE(gives({1, 1, 2}));
        run(pel::set_union, from, others, sink(to));
        EXPECT_TRUE(gives({1, 2, 3, 4}));
        run(pel::set_intersection, from, others, sink(to));
        EXPECT_TRUE(gives({2}));
        run(pel::set_difference, from, others, sink(to));
        EXPECT_TRUE(gives({1, 4}));
        run(pel::set_symmetric_difference, from, others, sink(to));
        EXPECT_TRUE(gives({1, 3, 4}));
        run(pel::iota, std::counted_iterator(sink(to), 3), std::default_sentinel, 7);
        EXPECT_TRUE(gives({7, 8, 9}));
    }
}

struct stopped {
    static bool stop_requested() noexcept { return true; }
};

TEST_P(copy_with, a_copy_that_is_stopped_says_so) {
    const std::vector<int> from(pel_test::scaled(100'000));
    std::vector<int> to(from.size());
    EXPECT_THROW(pel::copy(par.on(pool).stop(stopped{}), from, to.begin()), pel::operation_cancelled);
}

TEST_P(copy_with, swaps_as_many_as_a_range_has_that_does_not_know_it) {
    std::vector<int> ones(1'000, 1), twos(1'000, 2);
    twos[600] = 3;
    auto until_three = twos | std::views::take_while([](int each) { return each != 3; });
    EXPECT_EQ(pel::swap_ranges(par.on(pool), ones, until_three).in1, ones.begin() + 600);
    EXPECT_EQ(std::ranges::count(ones, 2), 600);
    EXPECT_EQ(std::ranges::count(twos, 1), 600);
}

TEST_P(copy_with, reads_no_more_than_is_asked_for) {
    std::istringstream in("1 2 3");
    auto numbers = std::views::istream<int>(in);
    std::vector<int> out(2);
    EXPECT_EQ(pel::copy_n(par.on(pool), numbers.begin(), 2, out.begin()), out.end());
    EXPECT_EQ(out, (std::vector<int>{1, 2}));
    int next = 0;
    in >> next;
    EXPECT_EQ(next, 3);
}

} // namespace copy_test
