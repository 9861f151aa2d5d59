// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/victim_order.hpp>

#include <pel/detail/sched/seat_plan.hpp>
#include <pel/detail/sched/sleeper_set.hpp>

#include "support/described_machine.hpp"
#include "support/topology_folder.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <malloc.h>

namespace victim_order_test {

using pel::binding;
using pel::detail::machine;
using pel::detail::seat_plan;
using pel::detail::victim_order;
using pel::detail::victim_walk;
using pel_test::synthetic_machine;

using numbers = std::vector<unsigned>;

/// The other seats as the runs of one list them.
numbers listed(const victim_order& order, unsigned seat) {
    numbers all;
    const auto runs = order.runs_of(seat);
    for (unsigned i = 0; i < runs.size(); ++i) {
        for (unsigned each = 0; each < runs[i].count; ++each) all.push_back(runs[i].first + each);
    }
    return all;
}

numbers listed(pel::detail::injectors::order order, unsigned count) {
    numbers all;
    for (unsigned i = 0; i < 16; ++i, order >>= 4) {
        if (const auto at = static_cast<unsigned>(order & 15); at < count) all.push_back(at);
    }
    return all;
}

/// Each order of injectors holds all once, near before far, those that are open first.
void check_injectors(const seat_plan& plan) {
    numbers first_seats(plan.injectors(), ~0U);
    for (unsigned seat = plan.order().seats(); seat-- != 0;) first_seats[plan.injector_of(seat)] = seat;
    for (unsigned from = 0; from < plan.injectors(); ++from) {
        numbers all = listed(plan.injector_order(from), 16);
        ASSERT_EQ(all[0], from);
        for (unsigned i = 1, last = 0; i < plan.injectors(); ++i) {
            ASSERT_LT(all[i], plan.injectors());
            unsigned nearest = ~0U;
            for (unsigned seat = 0; seat < plan.order().seats(); ++seat) {
                if (plan.injector_of(seat) == all[i])
                    nearest = std::min(nearest, plan.order().tier(first_seats[from], seat));
            }
            ASSERT_LE(last, nearest);
            last = nearest;
        }
        std::sort(all.begin(), all.end());
        for (unsigned at = 0; at < 16; ++at) ASSERT_EQ(all.at(at), at);
    }
}

constexpr char thousand_nodes_text[] = "pack:32 die:32 [numa] core:1 pu:1";
machine thousand_nodes() { return synthetic_machine(thousand_nodes_text); }
machine thousand_pus() { return synthetic_machine("pack:16 [numa] l3:4 core:8 pu:2"); }
/// A distance with which nodes that are neighbours in machine order are in different tiers: runs of one seat.
unsigned next_is_far(unsigned a, unsigned b) { return (a + b) % 2 == 0 ? 20U : 30U; }

void check(const machine& made, unsigned seats) {
    const seat_plan plan(made, seats, binding::automatic, true);
    const victim_order& order = plan.order();
    ASSERT_EQ(order.seats(), seats);
    check_injectors(plan);
    for (unsigned seat = 0; seat < seats; ++seat) {
        const auto runs = order.runs_of(seat);
        for (unsigned i = 0; i < runs.size(); ++i) {
            ASSERT_GT(runs[i].count, 0U);
            if (i != 0) {
                ASSERT_LE(runs[i - 1].tier, runs[i].tier) << "seat " << seat;
            }
            for (unsigned other = runs[i].first; other < runs[i].first + runs[i].count + 0U; ++other)
                ASSERT_EQ(runs[i].tier, order.tier(seat, other)) << "seats " << seat << " and " << other;
        }
        numbers all = listed(order, seat);
        all.push_back(seat);
        std::sort(all.begin(), all.end());
        for (unsigned each = 0; each < seats; ++each) ASSERT_EQ(all.at(each), each) << "seat " << seat;
        ASSERT_EQ(all.size(), seats);
    }
}

TEST(victim_order, each_seat_lists_all_others_once_near_before_far_and_so_do_injectors) {
    const auto check_all = [](const machine& made) {
        const auto pus = static_cast<unsigned>(made.pus.size());
        for (const unsigned seats : {1U, pus / 3 + 1, pus, pus + 5}) check(made, seats);
    };
    check_all(synthetic_machine("pack:2 die:2 [numa] l3:2 core:2 pu:2"));
    check_all(synthetic_machine("core:1 pu:1"));
    check(thousand_pus(), 1024);
    check(thousand_nodes(), 1024);
    check(synthetic_machine(thousand_nodes_text, next_is_far), 1024);
    for (const std::string& file : pel_test::topology_files()) {
        SCOPED_TRACE(file);
        check_all(pel_test::xml_machine(file));
    }
}

TEST(victim_order, a_thousand_seats_share_most_of_their_order) {
    const machine made = thousand_pus();
    const seat_plan plan(made, 1024, binding::automatic, true);
    EXPECT_EQ(listed(plan.order(), 517).size(), 1023U);
    unsigned runs = 0;
    for (unsigned seat = 0; seat < 1024; ++seat) runs = std::max(runs, plan.order().runs_of(seat).size());
    EXPECT_LT(runs, 24U);
}

#if !defined PEL_TEST_SANITIZED && defined __GLIBC__
/// Returns: bytes of heap memory that the plan of all PUs of a machine keeps, for each seat.
std::size_t plan_bytes_per_seat(const machine& made) {
    const auto used = [] {
        const auto now = ::mallinfo2();
        return now.uordblks + now.hblkhd;
    };
    const std::size_t before = used();
    const seat_plan plan(made, static_cast<unsigned>(made.pus.size()), binding::automatic, true);
    return (used() - before) / made.pus.size();
}

TEST(victim_order, a_seat_of_a_thousand_takes_a_few_bytes_for_each_other_one_at_most) {
    const std::size_t of_thousand = plan_bytes_per_seat(thousand_pus());
    EXPECT_LT(of_thousand, 512U);
    const std::size_t of_quarter = plan_bytes_per_seat(synthetic_machine("pack:4 [numa] l3:4 core:8 pu:2"));
    EXPECT_LT(of_thousand, of_quarter + of_quarter / 4) << "in proportion to the seats, of nodes of one size";
    EXPECT_LT(plan_bytes_per_seat(synthetic_machine("pack:64 [numa] core:8 pu:2")), 512U);
    EXPECT_LT(plan_bytes_per_seat(thousand_nodes()), 2U * 1024);
    EXPECT_LT(plan_bytes_per_seat(synthetic_machine(thousand_nodes_text, next_is_far)), 8U * 1024);
}
#endif

TEST(victim_order, seats_of_one_pu_or_core_are_nearest) {
    const machine made = synthetic_machine("pack:2 [numa] core:2 pu:1");
    const seat_plan plan(made, 8, binding::core, true);
    EXPECT_EQ(listed(plan.order(), 3), (numbers{2, 0, 1, 4, 5, 6, 7}));
    EXPECT_EQ(plan.order().core_of(3).first, 2U);
    EXPECT_EQ(plan.order().core_of(3).count, 2U);
    const machine smt = synthetic_machine("pack:2 [numa] core:2 pu:2");
    const seat_plan four(smt, 6, binding::core, true); // PUs 0, 1, 2, 4, 5, 6
    EXPECT_EQ(listed(four.order(), 1), (numbers{0, 2, 3, 4, 5}));
    EXPECT_EQ(four.order().core_of(2).count, 1U);
}

TEST(victim_order, each_cpu_has_a_nearest_seat) {
    const machine made = synthetic_machine("pack:4 [numa] core:2 pu:2");
    const seat_plan plan(made, 3, binding::none, true); // on PUs 0, 4 and 10
    EXPECT_EQ(plan.places()[2].pu, 10U);
    EXPECT_EQ(plan.seat_near(0), 0U);
    EXPECT_EQ(plan.seat_near(3), 0U);
    EXPECT_EQ(plan.seat_near(5), 1U);
    EXPECT_EQ(plan.seat_near(8), 2U);
    EXPECT_EQ(plan.seat_near(999), 0U);
}

// ---- walks ----

const machine& two_nodes() {
    static const machine made = synthetic_machine("pack:2 [numa] l3:2 core:4 pu:2"); // 32 PUs
    return made;
}

TEST(seat_plan, each_node_with_seats_has_an_injector_or_shares_one_with_a_neighbour) {
    const machine many = synthetic_machine("pack:16 numa:2 core:2 pu:1");
    const seat_plan whole(many, 64, binding::automatic, true);
    EXPECT_EQ(whole.injectors(), 16U);
    for (unsigned seat = 0; seat < 64; ++seat) EXPECT_EQ(whole.injector_of(seat), seat / 4);
    const seat_plan sparse(many, 16, binding::automatic, true);
    EXPECT_EQ(sparse.injectors(), 16U);
    for (unsigned seat = 0; seat < 16; ++seat) EXPECT_EQ(sparse.injector_of(seat), seat);
    const seat_plan one_node(many, 2, binding::automatic, true, 5);
    EXPECT_EQ(one_node.injectors(), 1U);
    EXPECT_EQ(one_node.injector_of(1), 0U);
    const machine small = synthetic_machine("core:2 pu:2");
    EXPECT_EQ(seat_plan(small, 4, binding::automatic, true).injectors(), 1U);
}

TEST(seat_plan, injectors_are_asked_as_victims_are_near_before_far) {
    // Nodes 0 and 2 are near each other, and 1 and 3; numbers and packages do not show it.
    const machine crossed = synthetic_machine("pack:4 [numa] core:2 pu:1",
                                              [](unsigned a, unsigned b) { return a % 2 == b % 2 ? 12U : 21U; });
    const seat_plan plan(crossed, 8, binding::automatic, true);
    ASSERT_EQ(plan.injectors(), 4U);
    EXPECT_EQ(listed(plan.injector_order(0), 4), (numbers{0, 2, 1, 3}));
    EXPECT_EQ(listed(plan.injector_order(1), 4), (numbers{1, 3, 2, 0}));
    EXPECT_EQ(listed(plan.injector_order(2), 4), (numbers{2, 0, 3, 1}));
    EXPECT_EQ(listed(plan.injector_order(3), 4), (numbers{3, 1, 0, 2}));
}

/// What each seat can do, in quarters of a capacity.
numbers capacities(const machine& of, unsigned seats, bool smt = true) {
    const seat_plan plan(of, seats, binding::automatic, smt);
    numbers all;
    for (unsigned seat = 0; seat < seats; ++seat)
        all.push_back(static_cast<unsigned>(plan.capacity_below(seat + 1) - plan.capacity_below(seat)));
    return all;
}

TEST(seat_plan, two_threads_of_a_core_do_a_quarter_more_than_one) {
    const machine smt = synthetic_machine("pack:1 [numa] core:4 pu:2");
    EXPECT_EQ(capacities(smt, 8), numbers(8, 2560)) << "alike where cores are";
    EXPECT_EQ(capacities(smt, 4), numbers(4, 4096));
    EXPECT_EQ(capacities(smt, 4, false), numbers(4, 4096));
    EXPECT_EQ(capacities(smt, 6), (numbers{2560, 2560, 4096, 2560, 2560, 4096}));
    const machine four = synthetic_machine("pack:1 [numa] core:2 pu:4");
    EXPECT_EQ(capacities(four, 8), numbers(8, 1792)) << "each further thread";
}

TEST(seat_plan, seats_of_one_thread_share_it) {
    const machine plain = synthetic_machine("pack:1 [numa] core:2 pu:1");
    EXPECT_EQ(capacities(plain, 4), numbers(4, 2048));
    EXPECT_EQ(capacities(plain, 3), (numbers{2048, 2048, 4096}));
    EXPECT_EQ(capacities(synthetic_machine("pack:1 [numa] core:2 pu:2"), 8), numbers(8, 1280));
}

TEST(seat_plan, fast_cores_count_as_what_their_threads_do_together) {
    const machine hybrid =
        pel_test::xml_machine(std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/hybrid.xml");
    EXPECT_EQ(capacities(hybrid, 8), (numbers{2560, 2560, 2560, 2560, 2048, 2048, 2048, 2048}));
    EXPECT_EQ(capacities(hybrid, 6), (numbers{4096, 4096, 2048, 2048, 2048, 2048}));
}

TEST(victim_walk, a_pass_looks_at_a_few_of_each_tier_and_never_at_itself_or_at_one_twice) {
    const seat_plan plan(two_nodes(), 32, binding::automatic, true);
    victim_walk walk(plan.order(), 5, 12345);
    for (std::uint32_t pass = 1; pass < 50; ++pass) {
        walk.begin_pass(0, 1);
        numbers seen, by_tier(plan.distances().tiers());
        for (unsigned seat = walk.next(); seat != victim_walk::none; seat = walk.next()) {
            EXPECT_EQ(walk.tier(), plan.order().tier(5, seat));
            ++by_tier[walk.tier()];
            seen.push_back(seat);
        }
        EXPECT_TRUE(walk.was_wide());
        EXPECT_EQ(by_tier, (numbers{1, 4, 4, 4}));
        EXPECT_EQ(std::count(seen.begin(), seen.end(), 5U), 0);
        std::sort(seen.begin(), seen.end());
        EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
    }
}

/// A different number each time: xorshift, G. Marsaglia, 2003.
struct any_number {
    std::uint32_t value = 2463534242U;
    std::uint32_t operator()() {
        value ^= value << 13;
        value ^= value >> 17;
        return value ^= value << 5;
    }
};

TEST(victim_walk, everybody_is_looked_at_within_a_bounded_number_of_passes) {
    const machine made = synthetic_machine("pack:8 [numa] l3:2 core:4 pu:2"); // 128 PUs
    const seat_plan plan(made, 128, binding::automatic, true);
    any_number random;
    for (const unsigned seat : {0U, 77U, 127U}) {
        for (const unsigned searching : {1U, 128U}) {
            victim_walk walk(plan.order(), seat, random());
            std::vector<bool> is_seen(128);
            const unsigned passes = victim_walk::passes_per_wide_one * (112 / victim_walk::tries_per_tier + 1);
            for (unsigned pass = 0; pass < passes; ++pass) {
                walk.begin_pass(random(), searching);
                for (unsigned at = walk.next(); at != victim_walk::none; at = walk.next()) is_seen[at] = true;
            }
            EXPECT_EQ(std::count(is_seen.begin(), is_seen.end(), true), 127) << "from seat " << seat;
        }
    }
}

TEST(victim_walk, of_a_crowd_in_a_large_domain_only_some_look_outside) {
    const machine made = synthetic_machine("pack:2 [numa] l3:2 core:16 pu:2"); // nodes of 64 PUs
    const seat_plan plan(made, 128, binding::automatic, true);
    const auto wide_passes = [&](unsigned searching) {
        victim_walk walk(plan.order(), 9, 1);
        any_number random;
        unsigned wide = 0;
        for (unsigned pass = 0; pass < 1600; ++pass) {
            walk.begin_pass(random(), searching);
            while (walk.next() != victim_walk::none) {
            }
            wide += walk.was_wide() ? 1 : 0;
        }
        return wide;
    };
    EXPECT_EQ(wide_passes(0), 1600U);
    EXPECT_EQ(wide_passes(32), 1600U) << "16 for each node";
    const unsigned crowded = wide_passes(128); // of 64 in the node 16 at a time, and each in its 16th pass
    EXPECT_GT(crowded, 375U);
    EXPECT_LT(crowded, 575U);
}

/// Nodes at 1.1, 2.1 and 5 times the distance of one's own.
machine distant_nodes() {
    machine made = synthetic_machine("pack:4 [numa] core:2 pu:1");
    const unsigned from_first[] = {10, 11, 21, 50};
    for (unsigned a = 0; a < 4; ++a) {
        for (unsigned b = 0; b < 4; ++b) made.distances[a * 4 + b] = from_first[a ^ b];
    }
    return made;
}

TEST(victim_walk, a_job_of_another_node_has_to_be_the_larger_the_farther_it_is_or_is_waited_for) {
    const machine made = distant_nodes();
    const seat_plan plan(made, 8, binding::automatic, true);
    const auto tier = [&](unsigned seat) { return plan.order().tier(0, seat); };
    const unsigned expected[] = {0, 1, 2, 3}; // doublings, by node
    victim_walk walk(plan.order(), 0, 1);
    for (unsigned pass = 1; pass <= victim_walk::patient_passes + 1; ++pass) {
        walk.begin_pass(1, 1);
        for (unsigned node = 0; node < 4; ++node) {
            const unsigned there = tier(node * 2 + 1), way = expected[node];
            EXPECT_EQ(plan.order().far_doublings(there), way);
            EXPECT_EQ(walk.worth(9, there), 9 - way);
            EXPECT_EQ(walk.worth(way + 1, there), 1U);
            EXPECT_EQ(walk.worth(0, there), 0U);
            if (way != 0) {
                EXPECT_EQ(walk.worth(way, there), pass > victim_walk::patient_passes ? 1U : 0U);
            }
        }
    }
    for (unsigned seat = walk.next(); seat != victim_walk::none; seat = walk.next())
        EXPECT_EQ(walk.worth(5), 5 - expected[seat / 2]);
}

TEST(victim_walk, a_waiter_takes_back_anything_near_and_what_is_large_from_afar) {
    const machine made = distant_nodes();
    const seat_plan plan(made, 8, binding::automatic, true);
    const auto takes_back = [&](unsigned doublings, unsigned seat) {
        return victim_walk::is_worth_taking_back(plan.order(), doublings, plan.order().tier(0, seat));
    };
    EXPECT_TRUE(takes_back(0, 1)) << "it may be asked for more";
    for (const unsigned seat : {2U, 4U, 6U}) {
        const unsigned least = seat / 2 + victim_walk::waiter_doublings;
        EXPECT_FALSE(takes_back(least, seat));
        EXPECT_TRUE(takes_back(least + 1, seat));
    }
}

TEST(victim_walk, one_seat_has_nobody_to_look_at) {
    const machine made = synthetic_machine("core:1 pu:1");
    const seat_plan plan(made, 1, binding::automatic, true);
    victim_walk walk(plan.order(), 0, 1);
    walk.begin_pass(1, 1);
    EXPECT_EQ(walk.next(), victim_walk::none);
    EXPECT_TRUE(walk.was_wide());
}

// ---- sleepers ----

struct registry {
    pel::detail::atomic<std::uint64_t> words[4];
    pel::detail::sleeper_set set{words, 4};
};

TEST(victim_order, the_nearest_sleeper_is_woken_and_on_a_core_of_its_own_if_there_is_one) {
    const seat_plan plan(two_nodes(), 32, binding::automatic, true);
    registry all;
    for (std::uint32_t seat = 0; seat < 32; ++seat) {
        if (seat != 12) all.set.add(seat);
    }
    std::vector<std::uint32_t> woken;
    for (int i = 0; i < 31; ++i) woken.push_back(all.set.claim_nearest(plan.order(), 12));
    // Whole cores: those of its cache, of its node, of the other node.
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(woken[i] / 8 == 1 && woken[i] % 2 == 0) << woken[i];
    for (std::size_t i = 3; i < 7; ++i) EXPECT_TRUE(woken[i] / 8 == 0 && woken[i] % 2 == 0) << woken[i];
    for (std::size_t i = 7; i < 15; ++i) EXPECT_TRUE(woken[i] / 16 == 1 && woken[i] % 2 == 0) << woken[i];
    // Then who shares a core with a thread at work, with the own one first.
    EXPECT_EQ(woken[15], 13U);
    for (std::size_t i = 16; i < 19; ++i) EXPECT_EQ(woken[i] / 8, 1U) << woken[i];
    std::sort(woken.begin(), woken.end());
    EXPECT_EQ(std::adjacent_find(woken.begin(), woken.end()), woken.end());
}

TEST(victim_order, sleepers_without_a_seat_and_at_the_own_seat_are_found_last) {
    const seat_plan plan(two_nodes(), 32, binding::automatic, true);
    registry all;
    all.set.add(200); // a thread beyond the seats
    all.set.add(3);
    all.set.add(20);
    EXPECT_EQ(all.set.claim_nearest(plan.order(), 3), 20U);
    EXPECT_EQ(all.set.claim_nearest(plan.order(), 3), 3U);
    EXPECT_EQ(all.set.claim_nearest(plan.order(), 3), 200U);
}

} // namespace victim_order_test

#endif
