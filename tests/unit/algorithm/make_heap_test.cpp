// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/make_heap.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace make_heap_test {

using pel::par;
using pel::seq;
using pel_test::order;

class make_heap_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(make_heap_with);

TEST_P(make_heap_with, any_range_becomes_the_same_heap_for_any_number_of_threads) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        for (const order kind : {order::random, order::sorted, order::few_distinct}) {
            auto numbers = pel_test::numbers_in(kind, n, random), alone = numbers, sorted = numbers;
            ASSERT_EQ(pel::make_heap(par.on(pool), numbers), numbers.end());
            ASSERT_TRUE(std::is_heap(numbers.begin(), numbers.end())) << n;
            pel::make_heap(seq, alone.begin(), alone.end(), std::less<>());
            ASSERT_EQ(numbers, alone) << n;
            std::ranges::sort(sorted);
            std::ranges::sort(numbers);
            ASSERT_EQ(numbers, sorted) << n;
        }
    }
}

TEST_P(make_heap_with, of_move_only_elements_and_bits_by_a_projection) {
    auto elements = pel_test::values_in<std::deque<pel_test::move_only>>(order::random, 5'000, random);
    const auto number = [](const pel_test::move_only& each) { return *each.value; };
    pel::make_heap(par.on(pool), elements, std::greater<>(), number);
    EXPECT_TRUE(std::ranges::is_heap(elements, std::greater<>(), number));
    std::vector<bool> bits(5'000);
    for (std::size_t each = 0; each < bits.size(); each += 7) bits[each] = true;
    pel::make_heap(par.on(pool), bits);
    EXPECT_TRUE(std::is_heap(bits.begin(), bits.end()));
    EXPECT_EQ(std::ranges::count(bits, true), 715);
}

TEST_P(make_heap_with, no_element_is_lost_when_a_comparison_throws) {
    for (int round = 0; round < 20; ++round) {
        std::vector<std::uint32_t> numbers(10'000);
        std::iota(numbers.begin(), numbers.end(), 0U);
        std::atomic<std::uint64_t> left{random() % 15'000};
        EXPECT_THROW(pel::make_heap(par.on(pool), numbers,
                                    [&](std::uint32_t a, std::uint32_t b) {
                                        return left.fetch_sub(1) == 0 ? throw std::runtime_error("no") : a < b;
                                    }),
                     std::runtime_error);
        std::ranges::sort(numbers);
        for (std::uint32_t each = 0; each < numbers.size(); ++each) ASSERT_EQ(numbers[each], each);
    }
}

} // namespace make_heap_test
