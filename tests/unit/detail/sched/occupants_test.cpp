// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/occupants.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace occupants_test {

using numbers = std::vector<std::uint32_t>;

struct hints {
    pel::detail::atomic<std::uint32_t> cells[8];
    pel::detail::occupants all{cells};

    numbers at(unsigned seat, std::uint32_t records) const {
        numbers found;
        all.for_each_at(seat, records, [&](std::uint32_t record) { found.push_back(record); });
        return found;
    }
};

TEST(occupants, a_seat_has_its_own_thread_and_the_last_visitor) {
    hints its;
    EXPECT_EQ(its.at(2, 10), numbers{});
    its.all.settle(2, 4);
    its.all.visit(2, 0);
    its.all.visit(2, 7);
    EXPECT_EQ(its.at(2, 10), (numbers{4, 7}));
    EXPECT_EQ(its.at(1, 10), numbers{});
}

TEST(occupants, a_record_that_is_not_attached_is_not_looked_at) {
    hints its;
    its.all.settle(0, 3);
    its.all.visit(0, 5);
    EXPECT_EQ(its.at(0, 5), (numbers{3}));
    EXPECT_EQ(its.at(0, 3), numbers{});
    EXPECT_EQ(its.at(0, 6), (numbers{3, 5})) << "it is remembered all the same";
}

TEST(occupants, a_visitor_is_seen_where_it_was_until_another_comes) {
    hints its;
    its.all.visit(1, 6);
    its.all.visit(3, 6);
    EXPECT_EQ(its.at(1, 10), (numbers{6})) << "it has moved on, and nobody else has come";
    EXPECT_EQ(its.at(3, 10), (numbers{6}));
    its.all.visit(1, 8);
    EXPECT_EQ(its.at(1, 10), (numbers{8}));
}

} // namespace occupants_test
