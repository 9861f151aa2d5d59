// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/detail/topology/combining_map.hpp>

#include "support/described_machine.hpp"
#include "support/topology_folder.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <vector>

namespace combining_map_test {

using pel::detail::combining_map;

combining_map map_of(const std::string& text) { return combining_map(pel_test::synthetic_machine(text)); }

/// What holds on every machine.
void check_map(const combining_map& map, const pel::detail::machine& whole) {
    std::vector<unsigned> cpus(map.places() + 1, 0);
    for (const auto& one : whole.pus) {
        unsigned place = map.leaf_of(one.os_index());
        ASSERT_LT(place, map.leaves());
        for (; place != combining_map::no_place; place = map.above(place)) {
            ++cpus[place];
            if (map.above(place) != combining_map::no_place) {
                ASSERT_GT(map.above(place), place);
                ASSERT_GE(map.above(place), map.leaves());
                ASSERT_LT(map.above(place), map.places());
            }
        }
    }
    const unsigned others = map.leaves() - 1;
    EXPECT_EQ(map.above(others), combining_map::no_place);
    for (unsigned place = 0; place < map.places(); ++place) {
        if (place == others) continue;
        EXPECT_GE(cpus[place], 4U);
        EXPECT_LT(cpus[place], whole.pus.size());
        const unsigned above = map.above(place);
        if (above != combining_map::no_place) {
            EXPECT_GE(cpus[above], 4 * cpus[place]);
        }
    }
}

TEST(combining_map, nodes_are_places_where_nothing_smaller_is_large_enough) {
    const combining_map two = map_of("numa:2 core:4 pu:2");
    EXPECT_EQ(two.leaves(), 3U); // one for CPUs that are in neither
    EXPECT_EQ(two.places(), 3U);
    for (unsigned cpu = 0; cpu < 16; ++cpu) EXPECT_EQ(two.leaf_of(cpu), cpu / 8);
    EXPECT_EQ(two.leaf_of(1'000), 2U);
    for (unsigned place = 0; place < 3; ++place) EXPECT_EQ(two.above(place), combining_map::no_place);
    EXPECT_LT(two.leaf(), 3U);
}

TEST(combining_map, caches_come_together_in_packages) {
    const combining_map two = map_of("pack:2 numa:4 l3:2 core:4 pu:2");
    EXPECT_EQ(two.leaves(), 17U);
    EXPECT_EQ(two.places(), 19U); // a node has two caches, which is not worth a place
    for (unsigned cpu = 0; cpu < 128; ++cpu) EXPECT_EQ(two.leaf_of(cpu), cpu / 8);
    for (unsigned leaf = 0; leaf < 16; ++leaf) EXPECT_EQ(two.above(leaf), 17 + leaf / 8);
    EXPECT_EQ(two.above(16), combining_map::no_place);
    EXPECT_EQ(two.above(17), combining_map::no_place);
}

TEST(combining_map, small_machines_have_no_places) {
    EXPECT_EQ(map_of("core:1 pu:1").leaves(), 0U);
    EXPECT_EQ(map_of("core:2 pu:1").leaves(), 0U);
    EXPECT_EQ(map_of("l3:1 core:8 pu:2").leaves(), 0U);
    EXPECT_EQ(map_of("numa:3 pu:1").leaves(), 0U);
    ASSERT_NE(combining_map::of_process(), nullptr);
    EXPECT_EQ(combining_map::of_process(), combining_map::of_process());
}

TEST(combining_map, of_every_machine_in_the_folder_hangs_together) {
    for (const std::string& file : pel_test::topology_files()) {
        SCOPED_TRACE(file);
        const pel::detail::machine whole = pel_test::xml_machine(file);
        const combining_map map(whole);
        if (map.leaves() != 0) check_map(map, whole);
    }
}

} // namespace combining_map_test

#endif
