// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/placement.hpp>

#include "support/described_machine.hpp"
#include "support/topology_folder.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace placement_test {

using pel::binding;
using pel::detail::cpu_mask;
using pel::detail::machine;
using pel::detail::placement;
using pel_test::synthetic_machine;

using numbers = std::vector<unsigned>;

numbers pus_of(const placement& places) {
    numbers found;
    for (unsigned seat = 0; seat < places.seats(); ++seat) found.push_back(places[seat].pu);
    return found;
}
numbers cpus_of(const cpu_mask& mask) {
    numbers found;
    for (unsigned cpu = 0; cpu < mask.end(); ++cpu) {
        if (mask.contains(cpu)) found.push_back(cpu);
    }
    return found;
}

TEST(placement, a_seat_for_each_pu_is_at_each_pu) {
    const machine made = synthetic_machine("pack:2 [numa] core:2 pu:2");
    EXPECT_EQ(pus_of(placement(made, 8, binding::none, true)), (numbers{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(placement, fewer_seats_are_spread_over_nodes_and_whole_cores) {
    const machine made = synthetic_machine("pack:2 [numa] core:4 pu:2");
    EXPECT_EQ(pus_of(placement(made, 1, binding::none, true)), (numbers{0}));
    EXPECT_EQ(pus_of(placement(made, 2, binding::none, true)), (numbers{0, 8}));
    EXPECT_EQ(pus_of(placement(made, 4, binding::none, true)), (numbers{0, 4, 8, 12}));
    EXPECT_EQ(pus_of(placement(made, 8, binding::none, true)), (numbers{0, 2, 4, 6, 8, 10, 12, 14}));
    EXPECT_EQ(pus_of(placement(made, 10, binding::none, true)), (numbers{0, 1, 2, 4, 6, 8, 9, 10, 12, 14}));
}

TEST(placement, without_smt_each_core_has_one_seat_until_all_have) {
    const machine made = synthetic_machine("pack:1 [numa] core:2 pu:4");
    EXPECT_EQ(pus_of(placement(made, 2, binding::none, false)), (numbers{0, 4}));
    EXPECT_EQ(pus_of(placement(made, 5, binding::none, false)), (numbers{0, 0, 0, 4, 4}));
}

TEST(placement, more_seats_than_pus_share_them_evenly) {
    const machine made = synthetic_machine("pack:1 [numa] core:2 pu:2");
    EXPECT_EQ(pus_of(placement(made, 8, binding::none, true)), (numbers{0, 0, 1, 1, 2, 2, 3, 3}));
    EXPECT_EQ(pus_of(placement(made, 9, binding::none, true)), (numbers{0, 0, 0, 1, 1, 2, 2, 3, 3}));
}

/// 2 fast cores of 2 threads, 4 slow ones of 1.
machine hybrid_machine() {
    machine made = synthetic_machine("pack:1 [numa] core:8 pu:1");
    std::vector<pel::core> cores;
    const pel::pu* const first = made.pus.data();
    for (unsigned i = 0; i < 2; ++i) cores.emplace_back(i, i, 1, 1024, pel::pu_range(first + 2 * i, 2));
    for (unsigned i = 2; i < 6; ++i) cores.emplace_back(i, i, 0, 600, pel::pu_range(first + 2 + i, 1));
    made.cores = cores;
    return made;
}

TEST(placement, fast_cores_come_first_and_second_threads_of_cores_last) {
    const machine made = hybrid_machine();
    EXPECT_EQ(pus_of(placement(made, 2, binding::none, true)), (numbers{0, 2}));
    EXPECT_EQ(pus_of(placement(made, 4, binding::none, true)), (numbers{0, 2, 4, 6}));
    EXPECT_EQ(pus_of(placement(made, 6, binding::none, true)), (numbers{0, 2, 4, 5, 6, 7}));
    EXPECT_EQ(pus_of(placement(made, 7, binding::none, true)), (numbers{0, 1, 2, 4, 5, 6, 7}));
    EXPECT_EQ(pus_of(placement(made, 6, binding::none, false)), (numbers{0, 2, 4, 5, 6, 7}));
}

TEST(placement, bound_to_cores_a_seat_has_all_threads_of_its_core) {
    const machine made = synthetic_machine("pack:2 [numa] core:2 pu:2");
    const placement places(made, 4, binding::core, true);
    EXPECT_EQ(cpus_of(places.cpus(0)), (numbers{0, 1}));
    EXPECT_EQ(cpus_of(places.cpus(3)), (numbers{6, 7}));
}

TEST(placement, bound_to_nodes_a_seat_has_its_node_and_without_smt_a_thread_of_each_core) {
    const machine made = synthetic_machine("pack:2 [numa] core:2 pu:2");
    const placement places(made, 3, binding::numa_node, true);
    EXPECT_EQ(cpus_of(places.cpus(0)), (numbers{0, 1, 2, 3}));
    EXPECT_EQ(cpus_of(places.cpus(2)), (numbers{4, 5, 6, 7}));
    EXPECT_EQ(places[2].node, 1U);
    EXPECT_EQ(cpus_of(placement(made, 4, binding::numa_node, false).cpus(3)), (numbers{4, 6}));
}

TEST(placement, automatic_binds_to_nodes_where_there_are_two_and_else_to_nothing) {
    const machine one = synthetic_machine("pack:2 core:2 pu:2");
    EXPECT_TRUE(placement(one, 8, binding::automatic, true).cpus(7).is_empty());
    const machine two = synthetic_machine("pack:2 [numa] core:2 pu:2");
    const placement all(two, 8, binding::automatic, true);
    for (unsigned seat = 0; seat < 8; ++seat) EXPECT_EQ(all[seat].bound_to, binding::numa_node);
}

TEST(placement, automatic_binds_only_seats_that_fill_all_nodes_alike) {
    const machine made = synthetic_machine("pack:4 [numa] core:4 pu:1");
    const auto bound = [&](unsigned seats) {
        const placement places(made, seats, binding::automatic, true);
        numbers by_node(5);
        for (unsigned seat = 0; seat < seats; ++seat)
            ++by_node[places[seat].bound_to == binding::numa_node ? places[seat].node : 4];
        return by_node;
    };
    EXPECT_EQ(bound(3), (numbers{0, 0, 0, 0, 3})) << "many small pools would meet on the same nodes";
    EXPECT_EQ(bound(8), (numbers{2, 2, 2, 2, 0}));
    EXPECT_EQ(bound(10), (numbers{2, 2, 2, 2, 2}));
    EXPECT_EQ(bound(17), (numbers{4, 4, 4, 4, 1}));
}

TEST(placement, memory_without_cpus_is_nobodys_node) {
    machine made = synthetic_machine("pack:2 [numa] core:2 pu:1");
    made.home_nodes.assign(4, 0); // node 1 has no memory, say
    const placement places(made, 4, binding::automatic, true);
    for (unsigned seat = 0; seat < 4; ++seat) EXPECT_TRUE(places.cpus(seat).is_empty()) << "one home is no choice";
    made.home_nodes = {0, 0, 2, 2}; // and no node at all
    const placement partly(made, 4, binding::numa_node, true);
    EXPECT_EQ(cpus_of(partly.cpus(1)), (numbers{0, 1}));
    EXPECT_TRUE(partly.cpus(2).is_empty());
}

TEST(placement, a_node_of_second_threads_only_has_seats_all_the_same) {
    machine made = synthetic_machine("pack:2 [numa] core:2 pu:2");
    made.home_nodes = {0, 1, 0, 1, 0, 1, 0, 1}; // nodes inside cores
    const placement there(made, 2, binding::none, false, 1);
    ASSERT_EQ(there.seats(), 2U);
    for (unsigned seat = 0; seat < 2; ++seat) EXPECT_EQ(there[seat].node, 1U);
}

TEST(placement, a_node_that_is_nobodys_home_has_seats_on_its_own_cpus) {
    const machine made =
        pel_test::xml_machine(std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/memory_kinds.xml");
    const auto on_node = [&](unsigned node) { return placement(made, 3, binding::numa_node, true, node); };
    EXPECT_EQ(cpus_of(on_node(0).cpus(0)), (numbers{4, 5})) << "fast memory beside that of node 1";
    EXPECT_EQ(cpus_of(on_node(1).cpus(0)), (numbers{4, 5, 8, 9})) << "home of all";
    const placement there = on_node(2); // CPUs without memory
    EXPECT_EQ(pus_of(there), (numbers{2, 2, 3}));
    for (unsigned seat = 0; seat < 3; ++seat) {
        EXPECT_EQ(there[seat].node, 1U) << "where its memory comes from";
        EXPECT_EQ(cpus_of(there.cpus(seat)), (numbers{8, 9}));
    }
}

bool is_usual_memory(const pel::numa_node_info& node) { return node.subtype().empty() || node.subtype() == "DRAM"; }

/// Found here once more. Returns: of the nodes with memory that have the PU that of the usual memory, else the one that is
/// numbered lowest; nodes.size() if there is none.
unsigned own_node(const machine& made, const pel::pu& unit) {
    const auto has_size = [](const pel::numa_node_info& node) { return node.memory() != 0; };
    const bool are_sizes_known = std::any_of(made.nodes.begin(), made.nodes.end(), has_size);
    const pel::numa_node_info* best = nullptr;
    for (const pel::numa_node_info& node : made.nodes) {
        const auto is_it = [&](const pel::pu& each) { return each.os_index() == unit.os_index(); };
        if (std::none_of(node.pus().begin(), node.pus().end(), is_it)) continue;
        if (are_sizes_known && !has_size(node)) continue;
        const auto rank = [](const pel::numa_node_info& its) {
            return std::pair(!is_usual_memory(its), its.os_index());
        };
        if (best == nullptr || rank(node) < rank(*best)) best = &node;
    }
    return best == nullptr ? static_cast<unsigned>(made.nodes.size()) : best->logical_index();
}

/// Where the kernel has not been asked, a PU's home is a node of its own with memory, or another's, but not memory only.
void check_homes(const machine& made) {
    for (const pel::pu& unit : made.pus) {
        const unsigned home = made.home_nodes[unit.logical_index()], own = own_node(made, unit);
        if (own != made.nodes.size()) {
            ASSERT_EQ(home, own) << "PU " << unit.os_index();
        } else if (home != made.nodes.size()) {
            ASSERT_FALSE(made.nodes[home].pus().empty()) << "PU " << unit.os_index();
        }
    }
}

void check(const machine& made, unsigned seats, binding how, bool smt) {
    const placement places(made, seats, how, smt);
    ASSERT_EQ(places.seats(), seats);
    cpu_mask allowed;
    for (const pel::pu& one : made.pus) allowed.insert(one.os_index());
    for (unsigned seat = 0; seat < seats; ++seat) {
        ASSERT_LT(places[seat].pu, made.pus.size());
        if (seat != 0) {
            ASSERT_LE(places[seat - 1].pu, places[seat].pu);
        }
        ASSERT_EQ(places[seat].node, made.home_nodes[places[seat].pu]);
        const cpu_mask bound = places.cpus(seat);
        ASSERT_EQ(bound.is_empty(), places[seat].bound_to == binding::none);
        ASSERT_TRUE(bound.is_subset_of(allowed)) << seat;
        if (places[seat].bound_to == binding::numa_node) {
            ASSERT_TRUE(made.nodes[places[seat].node].is_home());
        }
    }
}

TEST(placement, on_every_machine_seats_stay_on_what_is_allowed) {
    const auto check_all = [](const machine& made) {
        check_homes(made);
        const auto pus = static_cast<unsigned>(made.pus.size());
        for (const unsigned seats : {1U, pus / 2 + 1, pus, pus + 3}) {
            for (const binding how : {binding::none, binding::automatic, binding::core, binding::numa_node}) {
                check(made, seats, how, true);
                check(made, seats, how, false);
            }
        }
    };
    check_all(synthetic_machine("pack:2 die:2 [numa] l3:1 core:3 pu:2"));
    check_all(hybrid_machine());
    const std::string data = std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/";
    for (const char* file : {"bare.xml", "four_nodes.xml", "hybrid.xml", "memory_kinds.xml"})
        check_all(pel_test::xml_machine(data + file));
    for (const std::string& file : pel_test::topology_files()) {
        SCOPED_TRACE(file);
        check_all(pel_test::xml_machine(file));
    }
}

} // namespace placement_test

#endif
