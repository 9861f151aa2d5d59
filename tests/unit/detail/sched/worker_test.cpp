// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/records.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <set>

namespace worker_test {

using pel::detail::record_table;
using pel::detail::scattered;
using pel::detail::worker;

TEST(worker, records_draw_different_numbers_from_the_first_on) {
    worker* const one = record_table::take();
    worker* const other = record_table::take();
    ASSERT_NE(one, nullptr);
    ASSERT_NE(other, nullptr);
    unsigned differing = 0;
    for (int draw = 0; draw < 32; ++draw) {
        const std::uint32_t drawn = one->random(), by_other = other->random();
        EXPECT_NE(drawn, by_other);
        differing += static_cast<unsigned>(std::popcount(drawn ^ by_other));
    }
    EXPECT_GT(differing, 32U * 12) << "half of the bits, not only the low ones";
    EXPECT_LT(differing, 32U * 20);
    record_table::give(*other);
    record_table::give(*one);
}

TEST(worker, neighbouring_ids_begin_with_numbers_that_choose_differently) {
    constexpr std::uint32_t ids = 4096;
    std::set<std::uint32_t> all;
    unsigned alike = 0;
    for (std::uint32_t id = 1; id <= ids; ++id) {
        all.insert(scattered(id));
        alike += scattered(id) % 16 == scattered(id + 1) % 16 || scattered(id) >> 28 == scattered(id + 1) >> 28;
    }
    EXPECT_EQ(all.size(), ids);
    EXPECT_EQ(all.count(0), 0U) << "it would stay 0";
    EXPECT_LT(alike, ids / 6) << "chance: an eighth";
}

} // namespace worker_test
