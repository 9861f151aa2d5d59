// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/nth_element.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <functional>
#include <list>
#include <stdexcept>
#include <vector>

namespace nth_element_test {

using pel::par;
using pel_test::order;

class nth_element_with : public pel_test::with_threads {
protected:
    template <class Check>
    void for_inputs(std::uint64_t most, const Check& check) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, most)) {
            for (const order kind : pel_test::all_orders) check(pel_test::numbers_in(kind, n, random));
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(nth_element_with);

TEST_P(nth_element_with, has_none_less_behind_and_none_greater_before) {
    for_inputs(600'000, [&](auto numbers) {
        const std::uint64_t n = numbers.size();
        auto sorted = numbers;
        std::ranges::sort(sorted);
        for (const std::uint64_t nth : {std::uint64_t{0}, n / 3, n - n / 50, n}) {
            if (nth >= n && nth != 0) continue;
            const auto place = numbers.begin() + static_cast<std::ptrdiff_t>(nth);
            ASSERT_EQ(pel::nth_element(par.on(pool), numbers.begin(), place, numbers.end()), numbers.end());
            if (n == 0) break;
            ASSERT_EQ(*place, sorted[nth]);
            ASSERT_TRUE(std::all_of(numbers.begin(), place, [&](auto x) { return x <= *place; }));
            ASSERT_TRUE(std::all_of(place, numbers.end(), [&](auto x) { return x >= *place; }));
        }
        std::ranges::sort(numbers);
        ASSERT_EQ(numbers, sorted);
    });
}

TEST_P(nth_element_with, sorts_a_part) {
    for_inputs(200'000, [&](auto numbers) {
        auto sorted = numbers;
        std::ranges::sort(sorted, std::greater<>());
        const auto middle = std::ssize(numbers) / 3;
        pel::partial_sort(par.on(pool), numbers, numbers.begin() + middle, std::greater<>());
        ASSERT_TRUE(std::equal(numbers.begin(), numbers.begin() + middle, sorted.begin()));
        std::ranges::sort(numbers, std::greater<>());
        ASSERT_EQ(numbers, sorted);
    });
}

TEST_P(nth_element_with, copies_the_least_and_the_greatest_as_a_stable_sort_has_them) {
    for_inputs(200'000, [&](const auto& numbers) {
        std::vector<pel_test::keyed> elements;
        for (const std::uint32_t key : numbers) elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
        const auto sorted = pel_test::stably_sorted(elements, std::less<>());
        const auto descending = pel_test::stably_sorted(elements, std::greater<>());
        for (const std::uint64_t wanted : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{numbers.size() / 2}}) {
            const auto count = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(wanted, elements.size()));
            std::vector<pel_test::keyed> out(wanted);
            const auto [in, end] =
                pel::partial_sort_copy(par.on(pool), elements, out, {}, &pel_test::keyed::key, &pel_test::keyed::key);
            ASSERT_EQ(in, elements.end());
            ASSERT_EQ(end - out.begin(), count);
            ASSERT_TRUE(std::equal(out.begin(), end, sorted.begin()));
            const auto top = pel::top_k(par.on(pool), elements, wanted, {}, &pel_test::keyed::key);
            ASSERT_EQ(std::ssize(top), count);
            ASSERT_TRUE(std::equal(top.begin(), top.end(), descending.begin()));
        }
        if (elements.empty()) return;
        const std::uint64_t k = elements.size() / 2;
        ASSERT_EQ(*pel::kth_smallest(par.on(pool), elements, k, {}, &pel_test::keyed::key), sorted[k]);
    });
    const std::vector<int> two{1, 2};
    EXPECT_THROW(pel::kth_smallest(par.on(pool), two, 2), std::out_of_range);
    const std::list<int> list{3, 1, 2};
    std::vector<int> out(list.size() - 1);
    pel::partial_sort_copy(par.on(pool), list.begin(), list.end(), out.begin(), out.end());
    EXPECT_EQ(out, (std::vector<int>{1, 2}));
}

} // namespace nth_element_test
