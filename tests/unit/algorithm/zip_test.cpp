// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two arrays as one range: what reads, writes and selects does to them what it does to an array of pairs.
// test label: selecting
#include <pel/algorithm/copy.hpp>
#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/count.hpp>
#include <pel/algorithm/fill.hpp>
#include <pel/algorithm/find.hpp>
#include <pel/algorithm/for_each.hpp>
#include <pel/algorithm/merge.hpp>
#include <pel/algorithm/min_max.hpp>
#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/remove.hpp>
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/scan.hpp>
#include <pel/algorithm/shift.hpp>
#include <pel/algorithm/transform.hpp>

#include "support/algorithm_inputs.hpp"
#include "support/zipped.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

namespace zip_test {

using pel::par;
using pel::seq;
using numbers = std::vector<std::uint32_t>;
using pair = std::pair<std::uint32_t, std::uint32_t>;

using zip = std::ranges::iterator_t<decltype(pel_test::zipped(std::declval<numbers&>(), std::declval<numbers&>()))>;
static_assert(std::random_access_iterator<zip> && std::sortable<zip> && std::mergeable<zip, zip, zip>);
static_assert(std::indirectly_copyable_storable<zip, zip>);

constexpr auto is_wanted = [](const auto& element) { return element.first % 3 != 0; };
constexpr auto by_first = [](const auto& a, const auto& b) { return a.first < b.first; };
constexpr auto same_first = [](const auto& a, const auto& b) { return a.first == b.first; };
constexpr auto sum = [](pair a, const auto& b) { return pair{a.first + b.first, a.second + b.second}; };

class zip_with : public pel_test::with_threads {
protected:
    /// Calls check(numbers) with those of several sizes and orders.
    template <class Check>
    void for_inputs(const Check& check) {
        for (const std::uint64_t n : {0U, 1U, 2U, 100U, 3'000U, 20'000U}) {
            for (const auto kind : {pel_test::order::random, pel_test::order::few_distinct, pel_test::order::sorted})
                check(pel_test::numbers_in(kind, n, random));
        }
    }
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(zip_with);

/// Compute: compute(range, out) returns a value, and may write to both, which are as long.
template <class Compute>
void computes_the_same(const numbers& keys, const Compute& compute) {
    numbers firsts = keys, seconds(keys.rbegin(), keys.rend()), out_firsts(keys.size()), out_seconds(keys.size());
    std::vector<pair> pairs(keys.size()), out(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) pairs[i] = {firsts[i], seconds[i]};
    const auto zipped = pel_test::zipped(firsts, seconds), zipped_out = pel_test::zipped(out_firsts, out_seconds);
    ASSERT_EQ(compute(zipped, zipped_out), compute(std::span(pairs), std::span(out))) << keys.size();
    ASSERT_TRUE(std::ranges::equal(zipped, pairs)) << keys.size();
    ASSERT_TRUE(std::ranges::equal(zipped_out, out)) << keys.size();
}

TEST_P(zip_with, is_read) {
    for_inputs([&](const numbers& keys) {
        computes_the_same(keys, [&](auto range, auto) {
            const auto found = pel::find_if(par.on(pool), range, std::not_fn(is_wanted)) - range.begin();
            const auto least = pel::min_element(par.on(pool), range, by_first) - range.begin();
            const auto product = [](const auto& element) { return element.first * element.second; };
            return std::tuple(pel::count_if(par.on(pool), range, is_wanted), found, least,
                              pel::min_element(seq, range) - range.begin(),
                              pel::reduce(par.on(pool), range, pair(), sum),
                              pel::transform_reduce(par.on(pool), range, 0U, std::plus<>(), product));
        });
    });
}

TEST_P(zip_with, is_written) {
    const auto twice = [](const auto& element) { return pair(element.second, 2 * element.first); };
    for_inputs([&](const numbers& keys) {
        computes_the_same(keys, [&](auto range, auto out) {
            pel::for_each(par.on(pool), range, [](auto&& element) { element.first += element.second; });
            return pel::transform(par.on(pool), range, out.begin(), twice).out - out.begin();
        });
        computes_the_same(keys, [&](auto range, auto out) {
            pel::fill(par.on(pool), range, pair(1, 2));
            return pel::inclusive_scan(par.on(pool), range, out.begin(), sum) - out.begin();
        });
        computes_the_same(keys, [&](auto range, auto out) {
            return pel::copy_if(par.on(pool), range, out.begin(), is_wanted).out - out.begin();
        });
        computes_the_same(keys, [&](auto range, auto out) {
            pel::copy(par.on(pool), range, out.begin());
            pel::reverse(par.on(pool), out);
            pel::swap_ranges(par.on(pool), range, out);
            return pel::unique_copy(par.on(pool), range, out.begin(), same_first).out - out.begin();
        });
    });
}

TEST_P(zip_with, is_merged) {
    for_inputs([&](numbers keys) {
        std::sort(keys.begin(), keys.begin() + std::ssize(keys) / 3);
        std::sort(keys.begin() + std::ssize(keys) / 3, keys.end());
        computes_the_same(keys, [&](auto range, auto out) {
            const auto middle = range.begin() + std::ssize(range) / 3;
            const auto end =
                pel::merge(par.on(pool), range.begin(), middle, middle, range.end(), out.begin(), by_first);
            pel::inplace_merge(par.on(pool), range, middle, by_first);
            return end - out.begin();
        });
    });
}

/// One of the arrays holds what can only be moved. Rearrange: rearrange(range) returns the part that counts afterwards.
template <class Rearrange>
void rearranges_the_same(const numbers& keys, const Rearrange& rearrange) {
    numbers firsts = keys;
    std::vector<pel_test::move_only> seconds;
    std::vector<pair> pairs;
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
        seconds.emplace_back(i);
        pairs.emplace_back(keys[i], i);
    }
    const auto got = rearrange(pel_test::zipped(firsts, seconds));
    const auto expected = rearrange(std::span(pairs));
    ASSERT_TRUE(std::ranges::equal(got, expected, [](const auto& a, const auto& b) {
        return a.first == b.first && *a.second.value == b.second;
    })) << keys.size();
}
template <class Range, class Rest>
auto before(const Range& range, const Rest& rest) {
    return std::ranges::subrange(range.begin(), rest.begin());
}

TEST_P(zip_with, is_rearranged_by_a_predicate) {
    for_inputs([&](const numbers& keys) {
        rearranges_the_same(keys, [&](auto range) {
            pel::partition(par.on(pool), range, is_wanted);
            return range;
        });
        rearranges_the_same(keys, [&](auto range) {
            pel::stable_partition(par.on(pool), range, is_wanted);
            return range;
        });
        rearranges_the_same(keys,
                            [&](auto range) { return before(range, pel::remove_if(par.on(pool), range, is_wanted)); });
        rearranges_the_same(keys,
                            [&](auto range) { return before(range, pel::unique(par.on(pool), range, same_first)); });
    });
}

TEST_P(zip_with, is_rearranged_by_places) {
    for_inputs([&](const numbers& keys) {
        for (const std::ptrdiff_t by : {std::ssize(keys) / 3, std::ssize(keys) / 1000}) {
            rearranges_the_same(keys, [&](auto range) {
                pel::reverse(par.on(pool), range);
                pel::rotate(par.on(pool), range, range.begin() + by);
                return before(range, pel::shift_left(par.on(pool), range, by));
            });
            rearranges_the_same(keys, [&](auto range) { return pel::shift_right(par.on(pool), range, by); });
        }
    });
}

TEST_P(zip_with, moves_what_can_only_be_moved) {
    numbers firsts(3'000), seconds(3'000), keys(3'000);
    std::vector<pel_test::move_only> from(3'000), to(3'000);
    for (std::uint32_t i = 0; i < 3'000; ++i) from[i] = pel_test::move_only(i);
    pel::move(par.on(pool), pel_test::zipped(keys, from), pel_test::zipped(seconds, to).begin());
    for (std::uint32_t i = 0; i < 3'000; ++i) ASSERT_EQ(*to[i].value, i);
}

TEST_P(zip_with, is_rearranged_in_sequence) {
    for_inputs([&](const numbers& keys) {
        rearranges_the_same(keys, [&](auto range) {
            pel::stable_partition(seq, range, is_wanted);
            pel::rotate(seq, range, range.begin() + std::ssize(range) / 3);
            return before(range, pel::remove_if(seq, range, is_wanted));
        });
        rearranges_the_same(keys, [&](auto range) {
            const auto kept = before(range, pel::unique(seq, range, same_first));
            pel::partition(seq, kept, is_wanted);
            EXPECT_TRUE(std::ranges::is_partitioned(kept, is_wanted));
            return before(kept, kept);
        });
        rearranges_the_same(
            keys, [&](auto range) { return pel::shift_right(seq, before(range, pel::shift_left(seq, range, 2)), 1); });
    });
}

} // namespace zip_test
