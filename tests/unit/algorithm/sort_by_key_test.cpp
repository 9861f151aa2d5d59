// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/algorithm/sort_by_key.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sort_by_key_test {

using pel::par;

class sort_by_key_with : public pel_test::with_threads {
protected:
    template <class Key, class Compare>
    void sorts_both(Compare compare) {
        for (const std::uint64_t n : pel_test::input_sizes(random, 4, 100'000)) {
            for (const auto kind : {pel_test::order::random, pel_test::order::few_distinct}) {
                const auto numbers = pel_test::numbers_in(kind, n, random);
                std::vector<std::pair<Key, std::uint32_t>> expected;
                std::vector<Key> keys;
                std::vector<pel_test::move_only> values;
                for (const std::uint32_t number : numbers) {
                    keys.push_back(pel_test::value_of<Key>(number));
                    values.emplace_back(static_cast<std::uint32_t>(values.size()));
                    expected.push_back({keys.back(), *values.back().value});
                }
                std::ranges::sort(expected, [&](const auto& a, const auto& b) {
                    return compare(a.first, b.first) || (!compare(b.first, a.first) && a.second < b.second);
                });
                ASSERT_EQ(pel::sort_by_key(par.on(pool), keys, values, compare), values.end());
                for (std::uint64_t each = 0; each < n; ++each) {
                    ASSERT_EQ(keys[each], expected[each].first);
                    ASSERT_EQ(*values[each].value, expected[each].second);
                }
            }
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(sort_by_key_with);

TEST_P(sort_by_key_with, numbers) { sorts_both<float>(std::ranges::greater()); }
TEST_P(sort_by_key_with, strings) { sorts_both<std::string>(std::ranges::less()); }

TEST_P(sort_by_key_with, wants_as_many_values_as_keys) {
    std::vector<int> keys{2, 1}, values{1, 2, 3};
    EXPECT_THROW(pel::sort_by_key(par.on(pool), keys, values), std::invalid_argument);
    EXPECT_EQ(keys, (std::vector<int>{2, 1}));
}

} // namespace sort_by_key_test
