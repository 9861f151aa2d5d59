// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/shuffle.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace shuffle_test {

using pel::par;

class shuffle_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(shuffle_with);

TEST_P(shuffle_with, is_a_permutation_and_the_same_with_any_number_of_threads) {
    pel::thread_pool one(1);
    for (const std::uint64_t n : {0U, 1U, 2U, 100U, 10'000U, 100'003U}) {
        auto numbers = pel::random_permutation(par.on(pool), n, 42);
        ASSERT_EQ(numbers, pel::random_permutation(par.on(one), n, 42));
        ASSERT_EQ(numbers, pel::random_permutation(pel::seq, n, 42));
        if (n > 2) {
            ASSERT_NE(numbers, pel::random_permutation(par.on(pool), n, 43));
        }
        std::ranges::sort(numbers);
        for (std::uint64_t each = 0; each < n; ++each) ASSERT_EQ(numbers[each], each);
    }
}

TEST_P(shuffle_with, moves_what_can_only_be_moved) {
    std::vector<pel_test::move_only> elements;
    for (std::uint32_t each = 0; each < 20'000; ++each) elements.emplace_back(each);
    EXPECT_EQ(pel::random_shuffle(par.on(pool), elements, 7), elements.end());
    EXPECT_FALSE(std::ranges::is_sorted(elements));
    const auto shuffled = [&](std::size_t each) { return *elements[each].value; };
    const std::uint32_t first = shuffled(0), last = shuffled(19'999), second = shuffled(1);
    EXPECT_EQ(pel::random_shuffle(par.on(pool), elements.begin() + 1, elements.end() - 1, 8), elements.end() - 1);
    EXPECT_EQ(shuffled(0), first);
    EXPECT_EQ(shuffled(19'999), last);
    EXPECT_NE(shuffled(1), second); // that seed
    std::ranges::sort(elements);
    for (std::uint32_t each = 0; each < 20'000; ++each) ASSERT_EQ(*elements[each].value, each);
}

TEST_P(shuffle_with, no_place_is_more_probable_than_another) {
    // Chi-squared over 16 places of an element that starts at the front; 37.7 would be passed once in 1000 seeds: these
    // are fixed.
    for (const std::uint64_t n : {16U, 16'384U}) {
        std::array<int, 16> found{};
        constexpr int rounds = 800;
        for (std::uint64_t seed = 0; seed < rounds; ++seed) {
            std::vector<std::uint32_t> numbers(n);
            numbers[0] = 1;
            pel::random_shuffle(par.on(pool), numbers, seed);
            const auto place = std::ranges::find(numbers, 1U) - numbers.begin();
            ++found[static_cast<std::size_t>(place) * 16 / n];
        }
        double deviation = 0;
        for (const int times : found) deviation += (times - rounds / 16.0) * (times - rounds / 16.0) / (rounds / 16.0);
        EXPECT_LT(deviation, 37.7) << n;
    }
}

} // namespace shuffle_test
