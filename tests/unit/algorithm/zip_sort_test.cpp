// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two arrays as one range: every engine that sorts moves both, and a key stays beside what stood beside it.
// test label: sorting
#include <pel/algorithm/integer_sort.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/shuffle.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/algorithm/sort_by_key.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/zipped.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <utility>
#include <vector>

namespace zip_sort_test {

using pel::par;
using pel_test::keyed;
using pel_test::move_only;
using pel_test::order;
using numbers = std::vector<std::uint32_t>;

constexpr auto key_of = [](const auto& element) { return element.first; };
constexpr auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };

/// Keys, and an array beside them that says where each of them stood, and can only be moved.
class two_arrays {
public:
    explicit two_arrays(const numbers& keys) : keys_(keys) {
        for (std::uint32_t i = 0; i < keys.size(); ++i) positions_.emplace_back(i);
    }
    auto zipped() { return pel_test::zipped(keys_, positions_); }
    std::vector<keyed> elements() const {
        std::vector<keyed> all(keys_.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = {keys_[i], *positions_[i].value};
        return all;
    }

private:
    numbers keys_;
    std::vector<move_only> positions_;
};
using zip = std::ranges::iterator_t<decltype(std::declval<two_arrays&>().zipped())>;
static_assert(std::random_access_iterator<zip> && std::sortable<zip>);

class zip_sort_with : public pel_test::with_threads {
protected:
    /// Calls check(numbers) with those of sizes that each engine begins with, in all orders.
    template <class Check>
    void for_inputs(const Check& check) {
        for (const std::uint64_t n : {0U, 1U, 2U, 33U, 3'000U, 9'000U, 40'000U}) {
            for (const order kind : pel_test::all_orders) {
                if (pel_test::sanitizer.empty() || n <= 3'000 || (n <= 9'000 && kind == order::random))
                    check(pel_test::numbers_in(kind, n, random));
            }
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(zip_sort_with);

/// Whether each key has what it had beside it, after Sort, and comes where a stable sort would have one like it.
template <class Sort>
void sorts(const numbers& keys, bool stably, const Sort& sort) {
    two_arrays arrays(keys);
    const auto expected = pel_test::stably_sorted(arrays.elements(), std::less<>());
    sort(arrays.zipped());
    auto got = arrays.elements();
    ASSERT_TRUE(std::ranges::is_sorted(got, {}, &keyed::key));
    if (!stably) got = pel_test::stably_sorted(got, std::less<>());
    ASSERT_EQ(got, expected) << keys.size();
}

TEST_P(zip_sort_with, is_sorted_by_comparisons) {
    for_inputs([&](const numbers& keys) {
        sorts(keys, false, [&](auto range) { pel::sort(par.on(pool), range, by_key); });
        sorts(keys, true, [&](auto range) { pel::stable_sort(par.on(pool), range, by_key); });
    });
}

TEST_P(zip_sort_with, is_sorted_by_keys_that_are_numbers) {
    for_inputs([&](const numbers& keys) {
        sorts(keys, true, [&](auto range) { pel::integer_sort(par.on(pool), range, key_of); });
    });
}

TEST_P(zip_sort_with, is_sorted_by_digits_where_it_can_be_copied_as_bytes) {
    for (const std::uint64_t n : {33UL, 200UL, 3'000UL, pel_test::scaled(300'000)}) {
        for (const order kind : {order::random, order::few_distinct}) {
            numbers keys = pel_test::numbers_in(kind, n, random), positions(n);
            std::vector<keyed> expected(n);
            for (std::uint32_t i = 0; i < n; ++i) expected[i] = {keys[i], positions[i] = i};
            expected = pel_test::stably_sorted(expected, std::less<>());
            const auto zipped = pel_test::zipped<keyed>(keys, positions);
            ASSERT_EQ(pel::integer_sort(par.on(pool), zipped, &keyed::key), zipped.end());
            for (std::size_t i = 0; i < n; ++i) ASSERT_EQ((keyed{keys[i], positions[i]}), expected[i]) << n;
        }
    }
}

TEST_P(zip_sort_with, is_sorted_as_an_array_of_pairs_without_a_comparison) {
    numbers firsts = pel_test::numbers_in(order::few_distinct, 20'000, random);
    numbers seconds = pel_test::numbers_in(order::random, 20'000, random);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs(20'000);
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {firsts[i], seconds[i]};
    const auto zipped = pel_test::zipped(firsts, seconds);
    std::sort(pairs.begin(), pairs.end());
    pel::sort(par.on(pool), zipped);
    EXPECT_TRUE(std::ranges::equal(zipped, pairs));
    pel::sort(par.on(pool), zipped, std::ranges::greater());
    EXPECT_TRUE(std::equal(zipped.begin(), zipped.end(), pairs.rbegin()));
}

TEST_P(zip_sort_with, is_the_keys_or_the_values_of_a_sort_by_key) {
    for_inputs([&](const numbers& keys) {
        numbers values = keys;
        sorts(keys, true, [&](auto range) { pel::sort_by_key(par.on(pool), range, values, by_key); });
        ASSERT_TRUE(std::ranges::is_sorted(values));
        numbers firsts = keys;
        sorts(keys, true, [&](auto range) { pel::sort_by_key(par.on(pool), firsts, range); });
        ASSERT_EQ(firsts, values);
    });
}

TEST_P(zip_sort_with, has_the_nth_element_in_its_place_and_a_part_sorted) {
    for_inputs([&](const numbers& keys) {
        const std::ptrdiff_t nth = std::ssize(keys) / 3;
        sorts(keys, false, [&](auto range) {
            pel::nth_element(par.on(pool), range, range.begin() + nth, by_key);
            if (nth != 0) {
                const std::uint32_t key = range[nth].first;
                ASSERT_TRUE(std::all_of(range.begin(), range.begin() + nth, [&](auto&& x) { return x.first <= key; }));
                ASSERT_TRUE(std::all_of(range.begin() + nth, range.end(), [&](auto&& x) { return x.first >= key; }));
            }
            pel::partial_sort(par.on(pool), range, range.begin() + nth, by_key);
            pel::sort(par.on(pool), range.begin() + nth, range.end(), by_key);
        });
    });
}

TEST_P(zip_sort_with, is_shuffled_as_an_array_is) {
    for (const std::uint64_t n : {0U, 1U, 100U, 20'000U}) {
        two_arrays arrays(pel_test::numbers_in(order::random, n, random));
        auto expected = arrays.elements();
        pel::random_shuffle(par.on(pool), arrays.zipped(), 42);
        pel::random_shuffle(par.on(pool), expected, 42);
        ASSERT_EQ(arrays.elements(), expected);
    }
}

} // namespace zip_sort_test
