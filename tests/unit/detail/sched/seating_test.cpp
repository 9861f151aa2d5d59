// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/seat_plan.hpp>
#include <pel/detail/sched/seating.hpp>

#include "support/described_machine.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace seating_test {

using pel::detail::seating;
using numbers = std::vector<std::uint32_t>;

struct seated {
    explicit seated(std::uint32_t seats) : places(*tables, seats) {}

    numbers take(std::uint32_t near, unsigned count) {
        numbers taken;
        for (unsigned each = 0; each < count; ++each) taken.push_back(places.take_slot(near));
        return taken;
    }

    std::unique_ptr<seating::tables> tables = std::make_unique<seating::tables>();
    seating places;
};

TEST(seating, without_a_plan_seats_are_alike_and_slots_beyond_them_follow) {
    seated its(3);
    EXPECT_EQ(its.places.plan(), nullptr);
    EXPECT_EQ(its.take(2, 5), (numbers{0, 1, 2, 3, 4}));
    EXPECT_TRUE(its.places.is_seat(2));
    EXPECT_FALSE(its.places.is_seat(3));
}

TEST(seating, a_guest_is_told_of_a_vacant_seat_while_there_is_one) {
    seated its(3);
    EXPECT_EQ(its.places.vacant_seat(), 2U);
    its.take(0, 2);
    EXPECT_EQ(its.places.vacant_seat(), 2U);
    its.take(0, 2);
    EXPECT_EQ(its.places.vacant_seat(), 2U) << "the last one, as none is";
}

TEST(seating, a_slot_that_is_given_back_is_taken_again) {
    seated its(2);
    for (int failure = 0; failure < 3; ++failure) {
        EXPECT_EQ(its.take(0, 1), (numbers{0}));
        its.places.give_slot_back(0);
    }
    EXPECT_EQ(its.take(0, 3), (numbers{0, 1, 2}));
    its.places.give_slot_back(2);
    EXPECT_EQ(its.take(0, 2), (numbers{2, 3})) << "beyond the seats, too";
}

TEST(seating, the_largest_pool_has_a_record_at_each_slot) {
    constexpr std::uint32_t seats = pel::detail::seats::most_seats;
    seated its(seats);
    EXPECT_EQ(its.take(0, seats).back(), seats - 1);
    EXPECT_EQ(its.take(0, pel::detail::seats::most_threads).back(), seating::most_slots - 1);
    its.places.set_record_at(seating::most_slots - 1, 5);
    EXPECT_EQ(its.places.record_at(seating::most_slots - 1), 5U);
    its.places.here().settle(seats - 1, 7);
    unsigned found = 0;
    its.places.here().for_each_at(seats - 1, 8, [&](std::uint32_t record) { found += record; });
    EXPECT_EQ(found, 7U);
}

#ifndef PEL_NO_HWLOC

TEST(seating, with_a_plan_a_thread_gets_the_vacant_seat_nearest_to_who_starts_it) {
    const pel::detail::machine made = pel_test::synthetic_machine("pack:2 [numa] core:2 pu:1");
    const pel::detail::seat_plan plan(made, 4, pel::binding::none, true);
    seated its(4);
    its.places.publish(&plan);
    ASSERT_EQ(its.places.plan(), &plan);
    EXPECT_EQ(its.take(2, 1), (numbers{3}));
    its.places.give_slot_back(3);
    EXPECT_EQ(its.take(2, 5), (numbers{3, 0, 1, 2, 4})) << "the seat of who starts it last";
    seated other(4);
    other.places.publish(&plan);
    other.take(0, 3);
    EXPECT_EQ(other.places.vacant_seat(), 0U);
}

TEST(seating, a_plan_may_come_when_some_seats_are_taken) {
    const pel::detail::machine made = pel_test::synthetic_machine("pack:2 [numa] core:2 pu:1");
    const pel::detail::seat_plan plan(made, 4, pel::binding::none, true);
    seated its(4);
    EXPECT_EQ(its.take(3, 1), (numbers{0}));
    its.places.publish(&plan);
    EXPECT_EQ(its.take(3, 3), (numbers{2, 1, 3}));
}

#endif

} // namespace seating_test
