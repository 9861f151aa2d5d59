// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/topology.hpp>

#include "support/machine_invariants.hpp"
#include "unit/detail/topology/fake_root.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <algorithm>
#include <string>
#include <vector>

namespace hwloc_distances_test {

using numbers = std::vector<unsigned>;

/// Distances of the machine in data/four_nodes.xml: a node per PU, two in each package; OS numbers 0 2 1 3. `matrices`
/// is added to the file.
numbers distances_with(const std::string& matrices) {
    std::string text;
    const std::string folder = std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data";
    EXPECT_EQ(pel::detail::read_file((folder + "/four_nodes.xml").c_str(), text), 0);
    text.insert(text.find("</topology>"), matrices);
    pel_test::fake_root root;
    root.write("/a.xml", text);
    const pel::topology machine = pel::topology::from_xml(root.path() + "/a.xml");
    pel_test::machine_invariants(machine).check();
    const auto& all = pel::detail::topology_access::machine_of(machine).distances;
    return {all.begin(), all.end()};
}

/// Kinds: 4 means latency, 8 bandwidth; 1 is from the system, 2 from a user.
std::string matrix(int kind, const std::string& indices, const std::string& values,
                   const std::string& type = "NUMANode") {
    const auto element = [](const std::string& name, const std::string& list) {
        return "<" + name + " length=\"" + std::to_string(list.size()) + "\">" + list + "</" + name + ">\n";
    };
    const auto count = std::to_string(std::count(indices.begin(), indices.end(), ' '));
    return "<distances2 type=\"" + type + "\" nbobjs=\"" + count + "\" kind=\"" + std::to_string(kind) +
           "\" indexing=\"os\">\n" + element("indexes", indices) + element("u64values", values) + "</distances2>\n";
}

const numbers by_the_tree = {10, 20, 30, 30, 20, 10, 30, 30, 30, 30, 10, 20, 30, 30, 20, 10};
const numbers by_the_system = {10, 12, 21, 22, 13, 10, 23, 24, 25, 26, 10, 12, 27, 28, 13, 10};
// Rows and columns in the order 3 1 2 0, which are the logical indices 3 2 1 0.
const std::string system_matrix = matrix(5, "3 1 2 0 ", "10 13 28 27 12 10 26 25 24 23 10 13 22 21 12 10 ");

TEST(hwloc_distances, without_a_matrix_the_shape_of_the_machine_says_what_is_near) {
    EXPECT_EQ(distances_with(""), by_the_tree);
}

TEST(hwloc_distances, a_matrix_is_sorted_into_machine_order_and_keeps_its_two_directions) {
    EXPECT_EQ(distances_with(system_matrix), by_the_system);
}

TEST(hwloc_distances, matrices_about_bandwidth_other_objects_and_by_users_do_not_outrank_the_systems) {
    const std::string bandwidth = matrix(9, "0 1 2 3 ", "99 1 1 1 1 99 1 1 1 1 99 1 1 1 1 99 ");
    const std::string packages = matrix(5, "0 1 ", "10 90 90 10 ", "Package");
    const std::string user = matrix(6, "0 1 2 3 ", "10 11 11 11 11 10 11 11 11 11 10 11 11 11 11 10 ");
    EXPECT_EQ(distances_with(bandwidth + packages + user + system_matrix), by_the_system);
    EXPECT_EQ(distances_with(bandwidth + packages), by_the_tree);
}

TEST(hwloc_distances, a_zero_on_the_diagonal_is_local_whatever_the_unit) {
    const numbers two_and_three_steps = {10, 20, 30, 30, 20, 10, 30, 30, 30, 30, 10, 20, 30, 30, 20, 10};
    EXPECT_EQ(distances_with(matrix(5, "0 2 1 3 ", "0 1 2 2 1 0 2 2 2 2 0 1 2 2 1 0 ")), two_and_three_steps);
    EXPECT_EQ(distances_with(matrix(5, "0 2 1 3 ", "0 80 160 160 80 0 160 160 160 160 0 80 160 160 80 0 ")),
              two_and_three_steps);
    numbers expected = by_the_system;
    EXPECT_EQ(distances_with(matrix(5, "3 1 2 0 ", "10 13 28 27 12 0 26 25 24 23 10 13 22 21 12 10 ")), expected)
        << "one that is missing";
    expected[0 * 4 + 3] = by_the_tree[0 * 4 + 3];
    EXPECT_EQ(distances_with(matrix(5, "3 1 2 0 ", "10 13 28 27 12 10 26 25 24 23 10 13 0 21 12 10 ")), expected);
}

TEST(hwloc_distances, of_several_the_one_over_most_nodes_counts) {
    EXPECT_EQ(distances_with(matrix(5, "0 1 ", "10 99 99 10 ") + system_matrix), by_the_system);
}

TEST(hwloc_distances, what_a_matrix_does_not_cover_comes_from_the_tree) {
    numbers expected = by_the_tree;
    expected[0 * 4 + 2] = 17; // OS numbers 0 and 1 are the logical indices 0 and 2
    expected[2 * 4 + 0] = 18;
    EXPECT_EQ(distances_with(matrix(5, "1 0 ", "10 18 17 10 ")), expected);
}

TEST(hwloc_distances, nanoseconds_and_hops_are_brought_to_the_scale_of_firmware) {
    EXPECT_EQ(distances_with(matrix(6, "0 2 1 3 ", "80 96 160 160 96 80 160 160 160 160 80 100 160 160 100 90 ")),
              (numbers{10, 12, 20, 20, 12, 10, 20, 20, 20, 20, 10, 13, 20, 20, 13, 11}));
    EXPECT_EQ(distances_with(matrix(6, "0 2 1 3 ", "0 1 2 2 1 0 2 2 2 2 0 1 2 2 1 0 ")), by_the_tree);
}

TEST(hwloc_distances, latencies_stand_in_for_a_matrix) {
    const auto value = [](int node, int latency, const char* cpus) {
        return "<memattr_value target_obj_type=\"NUMANode\" target_obj_gp_index=\"" + std::to_string(node) +
               "\" value=\"" + std::to_string(latency) + "\" initiator_cpuset=\"" + cpus + "\"/>\n";
    };
    // The nodes' gp_index: 5, 9, 14, 18.
    numbers expected = by_the_tree;
    expected[1] = 15;
    expected[3] = 37;
    EXPECT_EQ(distances_with("<memattr name=\"Latency\" flags=\"6\">\n" + value(5, 80, "0x1") + value(9, 120, "0x1") +
                             value(18, 296, "0x1") + "</memattr>\n"),
              expected);
}

} // namespace hwloc_distances_test

#endif
