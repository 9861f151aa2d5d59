// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is done to more than 2^32 elements is done to a few: their numbers have 8 bytes.
// test label: selecting
#include <pel/algorithm/group_by.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/reduce_groups.hpp>
#include <pel/algorithm/sort_by_key.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <vector>

namespace item_numbers_test {

using pel::par;
using pel_test::order;

class item_numbers_with : public pel_test::with_threads {
protected:
    /// Calls check(numbers) for groups that are many, and for ones that are few.
    template <class Check>
    void for_inputs(const Check& check) {
        for (const order kind : {order::random, order::few_distinct}) {
            for (const std::uint64_t n : {0U, 1U, 300U, 200'000U}) check(pel_test::numbers_in(kind, n, random));
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(item_numbers_with);

constexpr pel::detail::function_object<pel::detail::group_by_function<0>> group_by{};
constexpr pel::detail::function_object<pel::detail::remove_duplicates_function<0>> remove_duplicates{};
constexpr pel::detail::function_object<pel::detail::reduce_groups_function<0>> reduce_groups{};
constexpr pel::detail::function_object<pel::detail::sort_by_key_function<0>> sort_by_key{};
constexpr pel::detail::function_object<pel::detail::partial_sort_copy_function<0>> partial_sort_copy{};
constexpr pel::detail::function_object<pel::detail::kth_smallest_function<0>> kth_smallest{};
constexpr pel::detail::function_object<pel::detail::top_k_function<0>> top_k{};

TEST_P(item_numbers_with, groups_are_found) {
    for_inputs([&](const std::vector<std::uint32_t>& numbers) {
        std::vector<std::uint32_t> firsts;
        std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> expected;
        for (const std::uint32_t each : numbers) {
            if (expected[each].empty()) firsts.push_back(each);
            expected[each].push_back(each);
        }
        ASSERT_EQ(remove_duplicates(par.on(pool), numbers), firsts);
        const auto groups = group_by(par.on(pool), numbers, std::identity());
        ASSERT_EQ(groups.size(), firsts.size());
        for (std::size_t each = 0; each < firsts.size(); ++each) {
            ASSERT_EQ(groups[each].first, firsts[each]);
            ASSERT_EQ(groups[each].second, expected[firsts[each]]);
        }
        const auto sums = reduce_groups(par.on(pool), numbers, std::identity(), std::identity());
        ASSERT_EQ(sums.size(), firsts.size());
        for (const auto& [key, sum] : sums) ASSERT_EQ(sum, static_cast<std::uint32_t>(key * expected[key].size()));
    });
}

TEST_P(item_numbers_with, the_least_and_the_greatest_are_found) {
    for_inputs([&](const std::vector<std::uint32_t>& numbers) {
        std::vector<std::uint32_t> ordered = numbers;
        std::ranges::sort(ordered);
        const auto compare = [](std::uint32_t a, std::uint32_t b) { return a < b; }; // not by digits
        for (const std::size_t wanted : {numbers.size() / 200, numbers.size() / 2}) {
            std::vector<std::uint32_t> least(wanted);
            partial_sort_copy(par.on(pool), numbers, least, compare);
            ASSERT_TRUE(std::equal(least.begin(), least.end(), ordered.begin()));
            const auto greatest = top_k(par.on(pool), numbers, wanted, compare);
            ASSERT_TRUE(std::equal(greatest.begin(), greatest.end(), ordered.rbegin()));
            if (numbers.empty()) continue;
            const auto place = kth_smallest(par.on(pool), numbers, wanted, compare);
            ASSERT_EQ(*place, ordered[wanted]);
        }
    });
}

TEST_P(item_numbers_with, values_go_with_their_keys) {
    for_inputs([&](std::vector<std::uint32_t> keys) {
        std::vector<std::uint32_t> values(keys.size());
        for (std::uint32_t each = 0; each < keys.size(); ++each) values[each] = each;
        const auto before = keys;
        auto same_keys = keys, same_values = values;
        ASSERT_EQ(sort_by_key(par.on(pool), keys, values), values.end());
        ASSERT_TRUE(std::ranges::is_sorted(keys));
        for (std::size_t each = 0; each < keys.size(); ++each) ASSERT_EQ(keys[each], before[values[each]]);
        sort_by_key(par.on(pool), same_keys, same_values, [](std::uint32_t a, std::uint32_t b) { return a < b; });
        ASSERT_EQ(same_values, values);
    });
}

} // namespace item_numbers_test
