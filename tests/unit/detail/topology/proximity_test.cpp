// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/topology/proximity.hpp>

#include "support/described_machine.hpp"
#include "support/topology_folder.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <string>
#include <utility>
#include <vector>

namespace proximity_test {

using pel::detail::machine;
using pel::detail::proximity;
using pel_test::synthetic_machine;

std::vector<std::string> names(const proximity& distances) {
    std::vector<std::string> all;
    for (unsigned tier = 0; tier < distances.tiers(); ++tier) all.push_back(distances.tier_at(tier).name);
    return all;
}

using list = std::vector<std::string>;

TEST(proximity, tiers_are_called_by_what_their_pus_share) {
    const proximity epyc(synthetic_machine("pack:2 die:4 [numa] l3:2 core:4 pu:2",
                                           [](unsigned a, unsigned b) { return a / 4 == b / 4 ? 16U : 32U; }));
    EXPECT_EQ(names(epyc), (list{"core", "L3", "node", "package", "remote 32"}));
    EXPECT_EQ(epyc.inner_tiers(), 3U);
    EXPECT_EQ(epyc.tier(0, 1), 0U);
    EXPECT_EQ(epyc.tier(0, 7), 1U);
    EXPECT_EQ(epyc.tier(0, 8), 2U);
    EXPECT_EQ(epyc.tier(0, 16), 3U);
    EXPECT_EQ(epyc.tier(0, 64), 4U);
    EXPECT_EQ(epyc.tier(127, 126), 0U);
    EXPECT_EQ(epyc.tier(5, 5), 0U);
}

TEST(proximity, one_node_has_the_tree_alone) {
    EXPECT_EQ(names(proximity(synthetic_machine("[numa] pack:2 l3:12 core:8 pu:2"))),
              (list{"core", "L3", "package", "node"}));
    EXPECT_EQ(names(proximity(synthetic_machine("core:4 pu:1"))), (list{"node"}));
    EXPECT_EQ(names(proximity(synthetic_machine("core:1 pu:1"))), (list{"machine"}));
}

TEST(proximity, a_machine_without_nodes_or_structure_is_one_tier) {
    machine bare;
    for (unsigned cpu = 0; cpu < 3; ++cpu) bare.add_pu(cpu);
    bare.add_domain(0);
    bare.home_nodes.assign(3, 0);
    const proximity distances(bare);
    EXPECT_EQ(names(distances), (list{"machine"}));
    EXPECT_EQ(distances.tier(0, 2), 0U);
    EXPECT_EQ(distances.units(), 1U);
}

TEST(proximity, distances_decide_between_nodes_and_the_tree_where_they_are_equal) {
    const std::string text = "pack:2 die:2 [numa] l3:1 core:2 pu:1";
    const proximity equal(synthetic_machine(text, [](unsigned, unsigned) { return 20U; }));
    EXPECT_EQ(names(equal), (list{"L3", "package", "remote 20"}));
    EXPECT_LT(equal.tier(0, 2), equal.tier(0, 4)) << "the other node of the package first";
    const proximity crossed(synthetic_machine(text, [](unsigned a, unsigned b) { return a % 2 == b % 2 ? 15U : 30U; }));
    EXPECT_LT(crossed.tier(0, 4), crossed.tier(0, 2)) << "the matrix knows better than the tree";
}

TEST(proximity, of_an_asymmetric_matrix_the_mean_of_both_directions_counts) {
    const proximity distances(synthetic_machine("pack:3 [numa] core:2 pu:1", [](unsigned a, unsigned b) {
        return a + b == 1 ? (a < b ? 10U : 40U) : 30U; // 0 and 1: 25
    }));
    EXPECT_EQ(distances.tier(0, 2), distances.tier(2, 0));
    EXPECT_LT(distances.tier(0, 2), distances.tier(0, 4));
    EXPECT_LT(distances.tier(2, 0), distances.tier(2, 4));
    EXPECT_EQ(distances.tier_at(distances.tier(2, 0)).least_distance, 25U);
}

TEST(proximity, a_package_may_lie_in_a_node_and_a_node_in_a_cache) {
    EXPECT_EQ(names(proximity(
                  synthetic_machine("group:4 [numa] pack:4 l2:3 core:2 pu:1", [](unsigned, unsigned) { return 22U; }))),
              (list{"L2", "package", "node", "remote 22"}));
    EXPECT_EQ(names(proximity(synthetic_machine("pack:2 l3:1 group:2 [numa] core:4 pu:1",
                                                [](unsigned a, unsigned b) { return a / 2 == b / 2 ? 11U : 21U; }))),
              (list{"node", "L3", "remote 21"}));
}

TEST(proximity, many_distances_become_few_tiers_that_keep_their_order) {
    machine many = synthetic_machine("pack:40 [numa] core:2 pu:2",
                                     [](unsigned a, unsigned b) { return 11 + (a > b ? a - b : b - a) * 3; });
    const proximity distances(many);
    EXPECT_EQ(distances.tiers(), proximity::most_tiers);
    for (unsigned pu = 4; pu + 4 < 160; ++pu) EXPECT_LE(distances.tier(0, pu), distances.tier(0, pu + 4));
    EXPECT_EQ(distances.tier(0, 159), proximity::most_tiers - 1);
    EXPECT_EQ(distances.tier(40, 0), distances.tier(0, 40));
}

TEST(proximity, pus_without_a_node_are_near_each_other_and_far_from_the_rest) {
    machine cut = synthetic_machine("pack:3 [numa] core:2 pu:1", [](unsigned, unsigned) { return 20U; });
    const auto none = static_cast<unsigned>(cut.nodes.size());
    cut.home_nodes[0] = cut.home_nodes[1] = cut.home_nodes[4] = cut.home_nodes[5] = none;
    const proximity distances(cut);
    EXPECT_EQ(distances.units(), 3U);
    EXPECT_LT(distances.tier(0, 1), distances.tier(0, 2));
    EXPECT_LT(distances.tier(4, 5), distances.tier(4, 0));
}

TEST(proximity, where_no_pu_has_a_node_the_machine_alone_says_what_is_near) {
    machine confined = synthetic_machine("pack:2 [numa] l3:2 core:2 pu:2", [](unsigned, unsigned) { return 80U; });
    confined.home_nodes.assign(confined.pus.size(),
                               static_cast<unsigned>(confined.nodes.size())); // memory is elsewhere
    const proximity distances(confined);
    EXPECT_EQ(distances.units(), 1U);
    EXPECT_EQ(distances.inner_tiers(), distances.tiers());
    EXPECT_LT(distances.tier(0, 2), distances.tier(0, 4));
    EXPECT_EQ(distances.tier_at(distances.tiers() - 1).greatest_distance, 10U);
}

/// What tiers promise, against a slow reading of the machine itself.
void check(const machine& of) {
    const proximity distances(of);
    const auto pus = static_cast<unsigned>(of.pus.size());
    ASSERT_EQ(distances.pus(), pus);
    ASSERT_GE(distances.tiers(), 1U);
    ASSERT_LE(distances.tiers(), proximity::most_tiers);
    const auto home = [&](unsigned pu) { return of.home_nodes[pu]; };
    const auto common = [&](unsigned a, unsigned b) { // the size of the smallest domain with both
        for (const pel::detail::domain& each : of.domains)
            if (a - each.first < each.count && b - each.first < each.count) return each.count;
        return 0U;
    };
    std::vector<bool> is_used(distances.tiers());
    for (unsigned a = 0; a < pus; ++a) {
        std::vector<unsigned> least(distances.tiers(), ~0U), greatest(distances.tiers(), 0);
        for (unsigned b = 0; b < pus; ++b) {
            if (a == b) continue;
            const unsigned tier = distances.tier(a, b);
            ASSERT_LT(tier, distances.tiers());
            ASSERT_EQ(tier, distances.tier(b, a));
            is_used[tier] = true;
            if (home(a) == of.nodes.size() || home(b) == of.nodes.size()) continue;
            ASSERT_EQ(tier < distances.inner_tiers(), home(a) == home(b)) << a << " " << b;
            const unsigned far = (of.distance(home(a), home(b)) + of.distance(home(b), home(a)) + 1) / 2;
            const unsigned measure = home(a) == home(b) ? common(a, b) : far;
            least[tier] = measure < least[tier] ? measure : least[tier];
            greatest[tier] = measure > greatest[tier] ? measure : greatest[tier];
        }
        unsigned farthest = 0; // of all tiers before, also where some of them are empty for this PU
        for (unsigned tier = 0; tier < distances.tiers(); ++tier) {
            if (tier == distances.inner_tiers()) farthest = 0; // another measure begins
            ASSERT_LE(farthest, least[tier]) << "near before far, from PU " << a << ", tier " << tier;
            farthest = greatest[tier] > farthest ? greatest[tier] : farthest;
        }
    }
    for (unsigned tier = 0; pus > 1 && tier < distances.tiers(); ++tier)
        EXPECT_TRUE(is_used[tier]) << "nobody is in the tier " << distances.tier_at(tier).name;
}

TEST(proximity, near_comes_before_far_on_every_machine) {
    check(synthetic_machine("pack:2 die:2 [numa] l3:2 core:2 pu:2"));
    check(synthetic_machine("group:2 pack:2 [numa] l2:2 core:2 pu:2"));
    check(synthetic_machine("[numa] pack:2 l3:2 core:3 pu:1"));
    for (const std::string& file : pel_test::topology_files()) {
        SCOPED_TRACE(file);
        check(pel_test::xml_machine(file));
    }
}

} // namespace proximity_test

#endif
