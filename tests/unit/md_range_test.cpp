// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: loops
#include <pel/md_range.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace md_range_test {

using pel::md_range;
using pel::par;
using pel::parallel_for;

bool is_all_one(const std::vector<std::uint8_t>& hits) {
    return std::ranges::all_of(hits, [](std::uint8_t count) { return count == 1; });
}

template <class Policy>
bool covers(const Policy& policy, std::size_t ni, std::size_t nj) {
    std::vector<std::uint8_t> hits(ni * nj);
    parallel_for(policy, md_range{ni, nj}, [&](std::size_t i, std::size_t j) { ++hits[i * nj + j]; });
    return is_all_one(hits);
}
template <class Policy>
bool covers(const Policy& policy, std::size_t ni, std::size_t nj, std::size_t nk) {
    std::vector<std::uint8_t> hits(ni * nj * nk);
    parallel_for(policy, md_range{ni, nj, nk},
                 [&](std::size_t i, std::size_t j, std::size_t k) { ++hits[(i * nj + j) * nk + k]; });
    return is_all_one(hits);
}

class md_range_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(md_range_on);

TEST_P(md_range_on, every_pair_is_visited_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const std::size_t extents[] = {0, 1, 2, 3, 15, 16, 17, 33, 300, 511, 512, 513};
    for (const std::size_t ni : extents) {
        for (const std::size_t nj : extents) ASSERT_TRUE(covers(par.on(pool), ni, nj)) << ni << ' ' << nj;
    }
    ASSERT_TRUE(covers(par.on(pool).grain(1000).max_concurrency(2), 777, 555));
    ASSERT_TRUE(covers(par.on(pool), 10'000, 1));
    ASSERT_TRUE(covers(par.on(pool), 1, 10'000));
    ASSERT_TRUE(covers(par.on(pool), 5'001, 3));
    ASSERT_TRUE(covers(pel::seq, 100, 200));
    pel_test::expect_balanced(pool);
}

TEST_P(md_range_on, every_triple_is_visited_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const std::size_t extents[] = {0, 1, 2, 7, 8, 9, 128, 129};
    for (const std::size_t ni : extents) {
        for (const std::size_t nj : extents) {
            for (const std::size_t nk : extents)
                ASSERT_TRUE(covers(par.on(pool), ni, nj, nk)) << ni << ' ' << nj << ' ' << nk;
        }
    }
    ASSERT_TRUE(covers(par.on(pool), 9000, 2, 3));
    ASSERT_TRUE(covers(par.on(pool), 2, 9000, 3));
    ASSERT_TRUE(covers(par.on(pool), 2, 3, 9000));
    pel_test::expect_balanced(pool);
}

TEST(md_range, two_long_items_are_shared) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> met{0};
    // Each waits for the other.
    pool.execute([&] {
        parallel_for(md_range{1, 2}, [&](int, int) {
            ++met;
            pel_test::await([&] { return met == 2; });
        });
    });
    EXPECT_EQ(met, 2);
}

TEST(md_range, neighbours_are_in_the_same_tile) {
    std::vector<std::pair<int, int>> order;
    parallel_for(pel::seq, md_range{1000, 1000}, [&](int i, int j) { order.emplace_back(i, j); });
    ASSERT_EQ(order.size(), 1'000'000U);
    for (std::size_t n = 0; n < 8192; ++n) {
        ASSERT_LT(order[n].first, 16);
        ASSERT_LT(order[n].second, 512);
    }
    std::size_t rows = 0; // the innermost loop is over the last index
    for (std::size_t n = 1; n < order.size(); ++n) {
        if (order[n].first != order[n - 1].first || order[n].second != order[n - 1].second + 1) ++rows;
    }
    EXPECT_LE(rows, 1000U * 2U);
}

TEST(md_range, indices_have_the_common_type_of_the_extents) {
    const pel_test::watchdog guard;
    parallel_for(md_range{3, 4U}, [](auto i, auto j) {
        static_assert(std::is_same_v<decltype(i), unsigned> && std::is_same_v<decltype(j), unsigned>);
    });
    parallel_for(md_range{short{3}, short{4}, 5L}, [](auto i, auto, auto k) {
        static_assert(std::is_same_v<decltype(i), long> && std::is_same_v<decltype(k), long>);
    });
    std::atomic<int> calls{0};
    parallel_for(md_range{static_cast<unsigned char>(255), static_cast<unsigned char>(255)},
                 [&](unsigned char, unsigned char) { ++calls; });
    EXPECT_EQ(calls, 255 * 255);
    parallel_for(md_range{static_cast<signed char>(127), static_cast<signed char>(127), static_cast<signed char>(2)},
                 [&](auto... all) { calls -= static_cast<int>(sizeof...(all)); });
    EXPECT_EQ(calls, 255 * 255 - 3 * 127 * 127 * 2);
}

TEST(md_range, negative_extents_are_empty_also_beside_unsigned_ones) {
    const pel_test::watchdog guard;
    parallel_for(md_range{-1, 10U}, [](unsigned, unsigned) { FAIL(); });
    parallel_for(md_range{10, 10, -5}, [](int, int, int) { FAIL(); });
    parallel_for(md_range{std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max(), 0U},
                 [](auto, auto, auto) { FAIL(); });
}

TEST(md_range, huge_ranges_can_be_left_early_and_uncountable_ones_are_refused) {
    const pel_test::watchdog guard;
    const auto leave = [](auto...) { throw 1; };
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    constexpr std::uint64_t half = std::uint64_t{1} << 32;
    EXPECT_THROW(parallel_for(md_range{half, half - 1}, leave), int);
    EXPECT_THROW(parallel_for(md_range{std::uint64_t{1}, most}, leave), int);
    EXPECT_THROW(parallel_for(md_range{most, std::uint64_t{1}, std::uint64_t{1}}, leave), int);
    EXPECT_THROW(parallel_for(md_range{half, half}, leave), std::invalid_argument);
    EXPECT_THROW(parallel_for(md_range{most, most, most}, leave), std::invalid_argument);
}

TEST(md_range, the_body_is_called_in_place) {
    const pel_test::watchdog guard;
    struct body_type {
        std::atomic<int> calls{0};
        void operator()(int, int) { ++calls; }
    } body;
    parallel_for(md_range{10, 10}, body);
    parallel_for(par.grain(7), md_range{10, 10}, body);
    EXPECT_EQ(body.calls, 200);
}

} // namespace md_range_test
