// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/memory/first_touch.hpp>
#include <pel/memory/numa_vector.hpp>
#include <pel/parallel_invoke.hpp>

#include "support/pages.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <span>
#include <string>
#include <vector>

namespace first_touch_test {

using pel::first_touch;
using pel::numa_vector;
using pel::par;

template <class Range>
concept can_be_touched = requires(Range& range) { first_touch(range); };
static_assert(can_be_touched<numa_vector<double>>);
static_assert(can_be_touched<std::vector<std::complex<float>>>);
static_assert(can_be_touched<std::array<int, 3>>);
static_assert(!can_be_touched<std::vector<std::string>>);

class first_touch_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(first_touch_on);

TEST_P(first_touch_on, brings_every_page_of_an_array_and_no_other) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    numa_vector<double> array(pel_test::scaled(4'000'000));
    ASSERT_EQ(pel_test::count_resident_pages(std::span(array)), 0U);
    // From the middle of one page to the middle of another.
    const std::span<double> inner = std::span(array).subspan(1000, array.size() - 2000);
    first_touch(par.on(pool), inner);
    EXPECT_EQ(pel_test::count_resident_pages(inner), pel_test::count_pages(inner));
    if (!pel_test::has_huge_pages()) {
        EXPECT_EQ(pel_test::count_resident_pages(std::span(array)), pel_test::count_pages(inner));
    }
    first_touch(par.on(pool), array);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(array)), pel_test::count_pages(std::span(array)));
}

TEST(first_touch, changes_no_value) {
    std::vector<int> numbers(100'000);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i);
    const std::vector<int> before = numbers;
    first_touch(numbers);
    first_touch(par.grain(100), numbers);
    first_touch(pel::seq, numbers);
    EXPECT_EQ(numbers, before);
}

TEST(first_touch, takes_elements_larger_than_pages_and_smaller_than_words) {
    struct large {
        unsigned char bytes[10'000];
    };
    numa_vector<large> large_ones(100);
    first_touch(large_ones);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(large_ones)), pel_test::count_pages(std::span(large_ones)));
    numa_vector<char> small_ones(1'000'001);
    first_touch(small_ones);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(small_ones)), pel_test::count_pages(std::span(small_ones)));
}

TEST(first_touch, takes_what_is_empty_or_shorter_than_a_page) {
    std::vector<double> nothing;
    first_touch(nothing);
    double one = 1;
    first_touch(std::span(&one, 1));
    EXPECT_EQ(one, 1);
}

TEST(first_touch, loses_nothing_that_others_write_meanwhile) {
    const pel_test::watchdog guard;
    const std::size_t size = pel_test::scaled(2'000'000);
    numa_vector<unsigned> numbers(size, 0U);
    pel::parallel_invoke([&] { first_touch(numbers); },
                         [&] { pel::parallel_for(std::size_t{0}, size, [&](std::size_t i) { numbers[i] = ~0U; }); });
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(numbers[i], ~0U) << i;
}

} // namespace first_touch_test
