// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/integer_sort.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cfenv>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace integer_sort_test {

using pel::par;
using pel_test::order;

class integer_sort_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};

    /// Numbers of all widths: most have many equal digits.
    template <class T>
    T number() {
        const std::uint64_t bits = random() >> (random() % 64);
        if constexpr (std::floating_point<T>)
            return static_cast<T>(std::ldexp(static_cast<T>(bits), static_cast<int>(random() % 64) - 32)) *
                   (random() % 2 == 0 ? T{1} : T{-1});
        else if constexpr (sizeof(T) > 8)
            return static_cast<T>(static_cast<T>(random()) << 64 | static_cast<T>(bits)) >> (random() % 128);
        else
            return static_cast<T>(bits * (random() % 2 == 0 ? 1 : ~std::uint64_t{0}));
    }
    template <class T>
    void sorts_like_std() {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, 300'000)) {
            std::vector<T> numbers(n);
            for (T& each : numbers) each = number<T>();
            auto expected = numbers;
            std::ranges::sort(expected);
            ASSERT_EQ(pel::integer_sort(par.on(pool), numbers), numbers.end());
            ASSERT_EQ(numbers, expected) << n;
        }
    }
};
PEL_WITH_ALL_THREADS(integer_sort_with);

TEST_P(integer_sort_with, sorts_bytes) { sorts_like_std<signed char>(); }
TEST_P(integer_sort_with, sorts_short_numbers) { sorts_like_std<std::uint16_t>(); }
TEST_P(integer_sort_with, sorts_integers) { sorts_like_std<int>(); }
TEST_P(integer_sort_with, sorts_long_integers) { sorts_like_std<std::int64_t>(); }
TEST_P(integer_sort_with, sorts_doubles) { sorts_like_std<double>(); }

__extension__ using wide = __int128;
__extension__ using wide_unsigned = unsigned __int128;
TEST_P(integer_sort_with, sorts_wide_numbers) {
    sorts_like_std<long double>();
    sorts_like_std<wide>();
    sorts_like_std<wide_unsigned>();
}
TEST_P(integer_sort_with, sorts_by_wide_keys_stably) {
    std::vector<pel_test::keyed> elements;
    for (const std::uint32_t key : pel_test::numbers_in(order::few_distinct, 20'000, random))
        elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
    const auto expected = pel_test::stably_sorted(elements, std::greater<>());
    pel::integer_sort(par.on(pool), elements, [](const pel_test::keyed& each) { return -static_cast<wide>(each.key); });
    EXPECT_EQ(elements, expected);
    pel::integer_sort(par.on(pool), elements,
                      [](const pel_test::keyed& each) { return -0.0L * static_cast<long double>(each.key); });
    EXPECT_EQ(elements, expected);
}

TEST_P(integer_sort_with, elements_with_equal_keys_keep_their_order) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 4, 400'000)) {
        for (const order kind : pel_test::all_orders) {
            std::vector<pel_test::keyed> elements;
            for (const std::uint32_t key : pel_test::numbers_in(kind, n, random))
                elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
            const auto expected = pel_test::stably_sorted(elements, std::less<>());
            pel::integer_sort(par.on(pool), elements, &pel_test::keyed::key);
            ASSERT_EQ(elements, expected) << n << ' ' << static_cast<int>(kind);
        }
    }
}

TEST_P(integer_sort_with, one_key_may_be_most_of_all) {
    const std::uint64_t n = pel_test::scaled(600'000);
    std::deque<std::uint64_t> numbers(n, std::uint64_t{1} << 40);
    for (std::uint64_t& each : numbers) {
        if (random() % 4 == 0) each = random();
        if (random() % 4 == 0) each = random() % 1000 + (std::uint64_t{1} << 40);
    }
    auto expected = numbers;
    std::ranges::sort(expected);
    pel::integer_sort(par.on(pool), numbers);
    EXPECT_EQ(numbers, expected);
}

TEST_P(integer_sort_with, zeros_are_equal_and_nans_are_at_the_ends) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> numbers;
    for (int round = 0; round < 200; ++round) {
        for (const double each : {0.0, -0.0, 1.0, -std::numeric_limits<double>::infinity(), nan})
            numbers.push_back(each);
    }
    pel::integer_sort(par.on(pool), numbers);
    EXPECT_EQ(numbers[199], -std::numeric_limits<double>::infinity());
    for (std::size_t each = 0; each < 400; ++each) ASSERT_EQ(std::signbit(numbers[200 + each]), each % 2 == 1) << each;
    EXPECT_EQ(numbers[600], 1.0);
    EXPECT_TRUE(std::isnan(numbers[800]));
}

TEST_P(integer_sort_with, no_element_is_lost_when_the_key_throws) {
    for (unsigned round = 0; round < 80; ++round) {
        constexpr std::uint32_t sizes[] = {20, 300, 15'000, 100'000}; // of each way to sort
        const std::uint32_t n = sizes[round % 4];
        std::vector<std::uint32_t> numbers(n);
        std::iota(numbers.begin(), numbers.end(), 0U);
        std::ranges::shuffle(numbers, random);
        std::atomic<std::uint64_t> left{random() % (4 * n)};
        try {
            pel::integer_sort(par.on(pool), numbers, [&](std::uint32_t number) {
                return left.fetch_sub(1, std::memory_order_relaxed) == 0 ? throw std::runtime_error("no") : number * 5;
            });
        } catch (const std::runtime_error&) {
        }
        std::ranges::sort(numbers);
        for (std::uint32_t each = 0; each < n; ++each) ASSERT_EQ(numbers[each], each);
    }
}

TEST_P(integer_sort_with, elements_that_are_not_trivial_are_sorted_by_their_key) {
    auto elements = pel_test::values_in<std::vector<pel_test::move_only>>(order::random, 20'000, random);
    pel::integer_sort(par.on(pool), elements,
                      [](const pel_test::move_only& each) { return -static_cast<float>(*each.value); });
    EXPECT_TRUE(std::ranges::is_sorted(elements, std::greater<>()));
}

TEST_P(integer_sort_with, takes_iterators) {
    for (const std::uint32_t n : {100U, 3'000U, 40'000U}) {
        std::vector<std::int64_t> numbers(n);
        for (std::int64_t& each : numbers) each = number<std::int64_t>();
        auto expected = numbers;
        std::sort(expected.begin() + 5, expected.end() - 3);
        ASSERT_EQ(pel::integer_sort(par.on(pool), numbers.begin() + 5, numbers.end() - 3), numbers.end() - 3);
        ASSERT_EQ(numbers, expected) << n;
    }
}

TEST(integer_sort, takes_a_million) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    auto numbers = pel_test::plain_numbers_in<std::int64_t>(order::random, pel_test::scaled(1'000'000), random);
    const std::uint64_t bits = pel_test::sum_of_bits(numbers);
    pel::integer_sort(par.on(pool), numbers);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
    EXPECT_EQ(pel_test::sum_of_bits(numbers), bits);
}

TEST(integer_sort, sorts_what_is_larger_than_the_caches) {
    std::mt19937_64 random{1};
    std::vector<std::uint32_t> numbers((std::uint64_t{1} << 22) + 321); // 16 MiB and more: whole lines are written
    for (std::uint32_t& each : numbers) each = static_cast<std::uint32_t>(random() >> random() % 40);
    auto expected = numbers;
    std::ranges::sort(expected);
    pel::integer_sort(numbers);
    EXPECT_EQ(numbers, expected);
}

TEST(integer_sort, of_whole_lines_that_throws_loses_nothing) {
    std::vector<std::uint32_t> numbers((std::uint64_t{1} << 22) + 321);
    for (std::size_t each = 0; each < numbers.size(); ++each)
        numbers[each] = static_cast<std::uint32_t>(each * 0x9e37'79b9U);
    const std::uint64_t sum = std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
    std::atomic<std::uint64_t> left{numbers.size() + numbers.size() / 2}; // while elements are scattered
    const auto key = [&](std::uint32_t number) {
        if (left.fetch_sub(1, std::memory_order_relaxed) == 1) throw std::runtime_error("no key");
        return number;
    };
    EXPECT_THROW(pel::integer_sort(numbers, key), std::runtime_error);
    EXPECT_EQ(std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}), sum);
}

template <class T>
void zeros_have_one_key() {
    volatile T zero = 0, least = std::numeric_limits<T>::denorm_min();
    EXPECT_EQ(pel::detail::radix_key<T>(zero) == pel::detail::radix_key<T>(-zero), true);
    EXPECT_EQ(pel::detail::radix_key<T>(-least) < pel::detail::radix_key<T>(-zero), true);
    EXPECT_EQ(pel::detail::radix_key<T>(-zero) < pel::detail::radix_key<T>(least), true);
    EXPECT_EQ(pel::detail::radix_key<T>(-1) < pel::detail::radix_key<T>(-least), true);
}

TEST(radix_key, both_zeros_have_one_however_numbers_are_rounded) {
    const int before = std::fegetround();
    for (const int rounding : {FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO, FE_TONEAREST}) {
        std::fesetround(rounding);
        zeros_have_one_key<float>();
        zeros_have_one_key<double>();
        zeros_have_one_key<long double>();
    }
    std::fesetround(before);
}

namespace uncommon {
/// What refuses a comma, also between numbers and iterators, and to say where it is.
struct element {
    std::uint32_t value = 0;
    void operator&() const = delete;
};
template <class A, class B>
void operator,(A&&, B&&) = delete;
} // namespace uncommon

TEST_P(integer_sort_with, elements_need_no_comma) {
    std::deque<uncommon::element> elements(50'000);
    for (std::size_t each = 0; each < elements.size(); ++each)
        elements[each].value = static_cast<std::uint32_t>(each * 7'919 % 50'021);
    pel::integer_sort(par.on(pool), elements, &uncommon::element::value);
    EXPECT_TRUE(std::ranges::is_sorted(elements, {}, &uncommon::element::value));
}

} // namespace integer_sort_test
