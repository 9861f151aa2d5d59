// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sums
#include <pel/algorithm/count.hpp>
#include <pel/algorithm/for_each.hpp>
#include <pel/algorithm/reduce.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/allocations.hpp"
#include "support/sums.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace reduce_test {

using pel::par;
using pel::seq;
using pel_test::bytes_allocated;

class reduce_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(reduce_with);

TEST_P(reduce_with, says_what_std_says) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto numbers = pel_test::numbers_in(pel_test::order::random, n, random);
        const auto expected = std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{5});
        ASSERT_EQ(pel::reduce(par.on(pool), numbers.begin(), numbers.end(), std::uint64_t{5}), expected) << n;
        ASSERT_EQ(pel::reduce(par.on(pool).deterministic(), numbers, std::uint64_t{5}), expected) << n;

        const auto square = [](std::uint32_t x) { return std::uint64_t{x} * x; };
        const auto squares = std::inner_product(numbers.begin(), numbers.end(), numbers.begin(), std::uint64_t{1},
                                                std::plus<>(), [](std::uint64_t x, std::uint64_t y) { return x * y; });
        ASSERT_EQ(pel::transform_reduce(par.on(pool), numbers, std::uint64_t{1}, std::plus<>(), square), squares) << n;
        ASSERT_EQ(pel::transform_reduce(par.on(pool), numbers.begin(), numbers.end(), std::uint64_t{1}, std::plus<>(),
                                        square),
                  squares);
    }
}

TEST_P(reduce_with, of_two_ranges_ends_with_the_shorter_one) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3)) {
        const auto a = pel_test::numbers_in(pel_test::order::random, n, random);
        const auto b = pel_test::numbers_in(pel_test::order::random, n + 5, random);
        const auto expected = std::inner_product(a.begin(), a.end(), b.begin(), std::uint64_t{1});
        ASSERT_EQ(pel::transform_reduce(par.on(pool), a.begin(), a.end(), b.begin(), std::uint64_t{1}), expected);
        ASSERT_EQ(pel::transform_reduce(par.on(pool), b, a, std::uint64_t{1}), expected) << n;
    }
}

// Strings do not commute.
TEST_P(reduce_with, keeps_the_order_of_elements) {
    for (const std::uint64_t n : {0UL, 1UL, 2UL, 127UL, 128UL, 5'000UL}) {
        const auto words = pel_test::values_in<std::deque<std::string>>(pel_test::order::sorted, n, random);
        const auto expected = std::accumulate(words.begin(), words.end(), std::string("> "));
        ASSERT_EQ(pel::reduce(par.on(pool).grain(3), words, std::string("> ")), expected) << n;
        ASSERT_EQ(pel::reduce(par.on(pool).grain(7).deterministic(), words.begin(), words.end(), std::string("> ")),
                  expected);
    }
}

// Exact: a number that is not where it belongs would be seen.
TEST_P(reduce_with, combines_whole_vectors_of_numbers) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 4)) {
        std::vector<double> numbers(n);
        for (double& each : numbers) each = static_cast<double>(random() % 1000);
        const double expected = std::accumulate(numbers.begin(), numbers.end(), 0.5);
        ASSERT_EQ(pel::reduce(par.on(pool), numbers, 0.5), expected) << n;
        const auto plus = [](double x, double y) { return x + y; };
        ASSERT_EQ(pel::reduce(par.on(pool), numbers.begin(), numbers.end(), 0.5, plus), expected) << n;
        ASSERT_EQ(pel::transform_reduce(par.on(pool), numbers, numbers, 0.5),
                  std::inner_product(numbers.begin(), numbers.end(), numbers.begin(), 0.5));
    }
}

TEST(reduce, deterministic_sums_are_the_same_bits_on_every_pool) {
    std::mt19937_64 random{std::random_device{}()};
    for (const std::uint64_t n : {40UL, 1'000UL, pel_test::scaled(300'000)}) {
        const auto numbers = pel_test::wild_numbers(n, random);
        std::vector<double> sums, products, squares;
        for (const unsigned threads : {1U, 2U, 3U, 7U, 7U, 7U}) {
            pel::thread_pool pool(threads);
            const auto policy = par.on(pool).deterministic();
            sums.push_back(pel::reduce(policy, numbers, 1.0));
            products.push_back(pel::transform_reduce(policy, numbers.begin(), numbers.end(), numbers.begin(), 1.0));
            squares.push_back(
                pel::transform_reduce(policy, numbers, 1.0, std::plus<>(), [](double x) { return x * x; }));
        }
        EXPECT_EQ(std::ranges::count(sums, sums[0]), std::ssize(sums)) << n;
        EXPECT_EQ(std::ranges::count(products, products[0]), std::ssize(products)) << n;
        EXPECT_EQ(std::ranges::count(squares, squares[0]), std::ssize(squares)) << n;
    }
}

TEST(reduce, deterministic_sums_are_the_same_bits_under_any_limit) {
    std::mt19937_64 random{std::random_device{}()};
    pel::thread_pool pool(2);
    pel::affinity where;
    const std::stop_source source;
    const auto policy = par.on(pool).deterministic();
    for (const std::uint64_t n : {1UL, 40UL, 256UL, 300UL, 512UL, 513UL, 3'000UL}) {
        const auto numbers = pel_test::wild_numbers(n, random);
        std::vector<float> floats(n);
        for (float& each : floats) each = 0.5F + static_cast<float>(random() >> 40) * 0x1p-24F;
        const auto sums = [&](const auto& limited) {
            return std::vector<double>{pel::reduce(limited, numbers, 1.0),
                                       pel::transform_reduce(limited, numbers, numbers, 1.0),
                                       pel::reduce(limited, floats, 1.0F, std::multiplies<>())};
        };
        const auto expected = sums(policy);
        EXPECT_EQ(sums(policy.max_concurrency(2)), expected) << n;
        EXPECT_EQ(sums(policy.stop(source.get_token())), expected) << n;
        EXPECT_EQ(sums(policy.replay(where)), expected) << n;
        EXPECT_EQ(sums(par.deterministic().on_node(0)), expected) << n;
        if (n <= 256) { // of two ranges more are grouped by the grain, as documented
            EXPECT_EQ(sums(policy.grain(7)), expected) << n;
        }
    }
}

TEST_P(reduce_with, what_cannot_be_copied_or_jumped_to_is_reduced_in_order) {
    std::vector<pel_test::move_only> numbers;
    for (std::uint32_t i = 0; i != 1'000; ++i) numbers.emplace_back(i);
    const auto plus = [](pel_test::move_only a, const pel_test::move_only& b) {
        *a.value += *b.value;
        return a;
    };
    EXPECT_EQ(pel::reduce(par.on(pool), numbers, pel_test::move_only(1), plus), pel_test::move_only(499'501));
    const auto made = [](const pel_test::move_only& x) { return pel_test::move_only(*x.value + 1); };
    EXPECT_EQ(pel::transform_reduce(par.on(pool), numbers, pel_test::move_only(0), plus, made),
              pel_test::move_only(500'500));

    const std::list<int> list{1, 2, 3};
    EXPECT_EQ(pel::reduce(par.on(pool), list), 6);
    EXPECT_EQ(pel::reduce(list.begin(), list.end(), 10L, std::multiplies<>()), 60);
    std::istringstream in("4 5");
    EXPECT_EQ(pel::transform_reduce(seq, std::istream_iterator<int>(in), std::istream_iterator<int>(), list.begin(), 1),
              15);
    const int array[] = {1, 2, 3};
    EXPECT_EQ(pel::reduce(array, array + 2), 3);
    EXPECT_EQ(pel::reduce(array), 6);
    EXPECT_EQ(pel::transform_reduce(array, array + 3, array, 0), 14);
}

TEST_P(reduce_with, an_exception_arrives_and_the_pool_goes_on) {
    std::vector<int> numbers(pel_test::scaled(100'000), 1);
    numbers.back() = -1;
    const auto plus_or_throw = [](int x, int y) { return y < 0 ? throw std::runtime_error("no") : x + y; };
    EXPECT_THROW(pel::reduce(par.on(pool), numbers, 0, plus_or_throw), std::runtime_error);
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(pel::reduce(par.on(pool).stop(source.get_token()), numbers), pel::operation_cancelled);
    EXPECT_EQ(pel::reduce(par.on(pool), numbers), static_cast<int>(numbers.size()) - 2);
}

TEST_P(reduce_with, views_are_reduced_without_a_temporary) {
    const std::uint64_t n = pel_test::scaled(400'000);
    const auto square = [](std::uint64_t x) { return x * x; };
    const auto plus = std::plus<>();
    const std::uint64_t all = n * (n - 1) / 2;
    const std::uint64_t squares = pel_test::sum_of_squares(n);
    const auto numbers = std::views::iota(std::uint64_t{0}, n);
    std::vector<std::uint64_t> stored(n);
    std::iota(stored.begin(), stored.end(), std::uint64_t{0});
    const auto zipped = std::ranges::subrange(pel_test::zip_iterator(stored.data(), stored.data()),
                                              pel_test::zip_iterator(stored.data() + n, stored.data() + n));

    const std::uint64_t before = bytes_allocated.load();
    EXPECT_EQ(pel::reduce(par.on(pool), numbers), all);
    EXPECT_EQ(pel::reduce(par.on(pool), numbers.begin(), numbers.end(), std::uint64_t{1}), all + 1);
    EXPECT_EQ(pel::reduce(par.on(pool), numbers | std::views::transform(square)), squares);
    EXPECT_EQ(pel::transform_reduce(par.on(pool), std::ranges::subrange(stored), numbers, std::uint64_t{0}), squares);
    EXPECT_EQ(pel::transform_reduce(par.on(pool), zipped, std::uint64_t{0}, plus,
                                    [](const auto& row) { return row.first * row.second; }),
              squares);
    EXPECT_LT(bytes_allocated.load() - before, n * sizeof(std::uint64_t) / 4 + 100'000);
}

TEST_P(reduce_with, filter_views_are_reduced_in_parallel) {
    for (const std::uint64_t n : {0UL, 1UL, 200UL, pel_test::scaled(400'000)}) {
        std::vector<std::uint64_t> stored(n);
        std::iota(stored.begin(), stored.end(), std::uint64_t{0});
        const auto is_third = [](std::uint64_t x) { return x % 3 == 1; };
        std::uint64_t sum = 7, squares = 7;
        for (std::uint64_t x = 1; x < n; x += 3) sum += x, squares += x * x;
        auto thirds = stored | std::views::filter(is_third);

        const std::uint64_t before = bytes_allocated.load();
        ASSERT_EQ(pel::reduce(par.on(pool), thirds, std::uint64_t{7}), sum);
        ASSERT_EQ(pel::reduce(par.on(pool).deterministic(), thirds, std::uint64_t{7}), sum);
        const auto square = [](std::uint64_t x) { return x * x; };
        ASSERT_EQ(pel::transform_reduce(par.on(pool), thirds, std::uint64_t{7}, std::plus<>(), square), squares);
        ASSERT_EQ(pel::count_if(par.on(pool), thirds, [](std::uint64_t x) { return x % 2 == 0; }),
                  static_cast<std::ptrdiff_t>((n + 1) / 6));
        ASSERT_EQ(pel::for_each(par.on(pool), thirds, [](std::uint64_t& x) { x += 1; }), thirds.end());
        EXPECT_LT(bytes_allocated.load() - before, n * sizeof(std::uint64_t) / 4 + 100'000);
        ASSERT_EQ(std::accumulate(stored.begin(), stored.end(), 0UL), (n == 0 ? 0 : n * (n - 1) / 2) + (n + 1) / 3);
    }
}

TEST_P(reduce_with, filter_views_need_not_end_with_an_iterator) {
    std::vector<int> numbers{1, 2, 3, 4, 5};
    const auto counted = std::ranges::subrange(std::counted_iterator(numbers.begin(), 5), std::default_sentinel);
    auto odd = counted | std::views::filter([](int x) { return x % 2 != 0; });
    EXPECT_TRUE(pel::for_each(par.on(pool), odd, [](int& x) { x += 2; }) == odd.end());
    EXPECT_EQ(numbers, (std::vector<int>{3, 2, 5, 4, 7}));
    EXPECT_EQ(pel::reduce(par.on(pool), odd), 15);
}

TEST_P(reduce_with, filter_views_of_strings_keep_their_order) {
    const auto words = pel_test::values_in<std::vector<std::string>>(pel_test::order::sorted, 3'000, random);
    auto odd = words | std::views::transform([](const std::string& word) { return word + ","; }) |
               std::views::filter([](const std::string& word) { return word[word.size() - 2] % 2 != 0; });
    const auto expected = std::accumulate(odd.begin(), odd.end(), std::string("> "));
    EXPECT_EQ(pel::reduce(par.on(pool), odd, std::string("> ")), expected);
    EXPECT_EQ(pel::reduce(seq, odd, std::string("> ")), expected);
}

TEST_P(reduce_with, one_of_two_ranges_need_not_have_an_end) {
    const std::vector<int> ones(1'000, 1);
    EXPECT_EQ(pel::transform_reduce(par.on(pool), std::views::iota(0), ones, 0L), 499'500);
    EXPECT_EQ(pel::transform_reduce(par.on(pool), ones, std::views::iota(1), 0L), 500'500);
}

/// Can only be moved; begins with nothing.
struct owned_sum {
    std::unique_ptr<int> its;
    owned_sum() = default;
    owned_sum(int number) : its(std::make_unique<int>(number)) {}
    int number() const { return its ? *its : 0; }
};

TEST_P(reduce_with, filter_views_are_reduced_to_what_can_only_be_moved) {
    std::vector<int> numbers(1'000, 1);
    const auto plus = [](const owned_sum& a, const owned_sum& b) { return owned_sum(a.number() + b.number()); };
    auto twos = numbers | std::views::filter([](int number) { return number == 2; });
    EXPECT_EQ(pel::reduce(par.on(pool), twos, owned_sum(), plus).its, nullptr);
    numbers[3] = numbers[700] = 2;
    EXPECT_EQ(pel::reduce(par.on(pool), twos, owned_sum(), plus).number(), 4);
}

} // namespace reduce_test
