// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/topology.hpp>

#include "support/machine_invariants.hpp"
#include "support/topology_folder.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include "support/explained_by_hwloc.hpp"

#include <hwloc.h>
#include <hwloc/distances.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace topology_files_test {

using pel::topology;

/// What hwloc shows by default: nothing that the process may not use.
class plain_hwloc {
public:
    explicit plain_hwloc(const std::string& path) {
        ::hwloc_topology_init(&tree_);
        is_loaded_ = ::hwloc_topology_set_xml(tree_, path.c_str()) == 0 && ::hwloc_topology_load(tree_) == 0;
    }
    ~plain_hwloc() { ::hwloc_topology_destroy(tree_); }
    plain_hwloc(const plain_hwloc&) = delete;

    bool is_loaded() const { return is_loaded_; }

    /// The OS indices of the objects that have a CPU, in machine order.
    std::vector<unsigned> numbers(hwloc_obj_type_t type) const {
        std::vector<unsigned> found;
        for (hwloc_obj_t one = nullptr; (one = ::hwloc_get_next_obj_by_type(tree_, type, one)) != nullptr;) {
            if (::hwloc_bitmap_iszero(one->cpuset) == 0) found.push_back(one->os_index);
        }
        return found;
    }

    /// All nodes whose memory may be used.
    std::vector<unsigned> nodes() const {
        std::vector<unsigned> found;
        for (hwloc_obj_t one = nullptr; (one = ::hwloc_get_next_obj_by_type(tree_, HWLOC_OBJ_NUMANODE, one));) {
            found.push_back(one->os_index);
        }
        return found;
    }

    /// Returns: the latencies between nodes, or nothing if there is not exactly one matrix of them.
    struct latency {
        unsigned from, to; // OS indices
        hwloc_uint64_t value;
    };
    std::vector<latency> latencies() const {
        std::vector<latency> found;
        hwloc_distances_s* matrices[2];
        unsigned count = 2;
        const auto kind = HWLOC_DISTANCES_KIND_MEANS_LATENCY;
        if (::hwloc_distances_get_by_type(tree_, HWLOC_OBJ_NUMANODE, &count, matrices, kind, 0) != 0) return found;
        const hwloc_distances_s* const one = matrices[0];
        for (unsigned i = 0; count == 1 && i < one->nbobjs; ++i) {
            for (unsigned j = 0; j < one->nbobjs; ++j) {
                if (one->objs[i] == nullptr || one->objs[j] == nullptr) continue;
                found.push_back({one->objs[i]->os_index, one->objs[j]->os_index, one->values[i * one->nbobjs + j]});
            }
        }
        for (unsigned i = 0; i < std::min(count, 2U); ++i) ::hwloc_distances_release(tree_, matrices[i]);
        return found;
    }

private:
    hwloc_topology_t tree_ = nullptr;
    bool is_loaded_ = false;
};

template <class T>
std::vector<unsigned> numbers(const pel::topology_range<T>& objects) {
    std::vector<unsigned> found;
    for (const T& one : objects) found.push_back(one.os_index());
    return found;
}

/// Each entry of the one matrix of latencies is what the machine has for these two nodes, the smallest being 10.
/// Returns: how many were compared.
std::size_t check_distances(const topology& machine, const std::vector<plain_hwloc::latency>& expected) {
    const std::vector<unsigned> nodes = numbers(machine.numa_nodes());
    const auto index = [&](unsigned node) {
        return static_cast<unsigned>(std::find(nodes.begin(), nodes.end(), node) - nodes.begin());
    };
    hwloc_uint64_t unit = ~hwloc_uint64_t{0};
    for (const auto& [from, to, value] : expected) unit = from == to ? std::min(unit, value) : unit;
    std::size_t compared = 0;
    for (const auto& [from, to, value] : expected) {
        if (index(from) == nodes.size() || index(to) == nodes.size()) continue;
        const hwloc_uint64_t scaled = unit == 0 ? 10 * (value + 1) : (10 * value + unit / 2) / unit;
        EXPECT_EQ(machine.distance(index(from), index(to)), scaled) << "from node " << from << " to " << to;
        ++compared;
    }
    return compared;
}

/// The numbers of a line, as long as it has nothing else but spaces.
std::vector<unsigned> row_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<unsigned> row;
    for (unsigned each = 0; in >> each;) row.push_back(each);
    return in.eof() ? row : std::vector<unsigned>{};
}

/// The table that explain() ends with, or of many nodes the least and the largest distance.
void check_distance_lines(const topology& machine, const std::vector<std::string>& lines) {
    const auto nodes = static_cast<unsigned>(machine.numa_nodes().size());
    std::vector<unsigned> numbers, between;
    std::vector<std::vector<unsigned>> table;
    for (unsigned from = 0; from < nodes; ++from) {
        numbers.push_back(from);
        table.push_back({from});
        for (unsigned to = 0; to < nodes; ++to) {
            table.back().push_back(machine.distance(from, to));
            if (from != to) between.push_back(machine.distance(from, to));
        }
    }
    if (nodes < 2) return;
    const auto [least, most] = std::minmax_element(between.begin(), between.end());
    if (nodes > 16) {
        EXPECT_EQ(lines.back(), "  distances between nodes: " + std::to_string(*least) + " to " +
                                    std::to_string(*most) + " (10: local)");
        return;
    }
    ASSERT_GT(lines.size(), nodes + 2);
    EXPECT_EQ(lines[lines.size() - nodes - 2].find("  distances (row: "), 0U);
    EXPECT_EQ(row_of(lines[lines.size() - nodes - 1]), numbers);
    for (unsigned from = 0; from < nodes; ++from) EXPECT_EQ(row_of(lines[lines.size() - nodes + from]), table[from]);
}

/// The text says what hwloc says, and nothing else of that kind.
void check_text(const topology& machine, const pel_test::explained_by_hwloc& expected) {
    std::vector<std::string> lines, caches, kinds, nodes;
    std::istringstream text(machine.explain());
    for (std::string line; std::getline(text, line);) {
        lines.push_back(line);
        if (line.find("  NUMA node ") == 0) nodes.push_back(line);
        if (line.find("  cores by kind: ") == 0) kinds.push_back(line);
        if (line.find(" L1 cache") < 8 || line.find(" L2 cache") < 8 || line.find(" L3 cache") < 8)
            caches.push_back(line);
    }
    EXPECT_EQ(std::count(lines.begin(), lines.end(), expected.counts()), 1) << expected.counts() << " in:\n"
                                                                            << text.str();
    EXPECT_EQ(caches, std::vector<std::string>(expected.caches().empty() ? 0 : 1, expected.caches()));
    const auto is_home = [&](unsigned node) {
        const auto all = machine.numa_nodes();
        return std::any_of(all.begin(), all.end(), [&](auto& its) { return its.os_index() == node && its.is_home(); });
    };
    EXPECT_EQ(nodes, expected.nodes(is_home));
    const std::vector<std::size_t> cores = expected.cores_by_kind();
    ASSERT_EQ(kinds.size(), cores.size() > 1 ? 1U : 0U);
    for (std::size_t kind = 0; !kinds.empty() && kind < cores.size(); ++kind) {
        const std::string part = std::to_string(cores[kind]) + " of kind " + std::to_string(kind) + " (capacity ";
        EXPECT_NE(kinds[0].find(" " + part), std::string::npos) << part << " in: " << kinds[0];
    }
    check_distance_lines(machine, lines);
}

void check_file(const std::string& path) {
    const plain_hwloc expected(path);
    ASSERT_TRUE(expected.is_loaded());
    const topology machine = topology::from_xml(path);
    EXPECT_EQ(machine.source(), "hwloc");
    EXPECT_FALSE(pel::detail::topology_access::machine_of(machine).is_this_system);
    EXPECT_EQ(numbers(machine.pus()), expected.numbers(HWLOC_OBJ_PU));
    EXPECT_EQ(machine.concurrency(), machine.pus().size());
    EXPECT_EQ(numbers(machine.cores()), expected.numbers(HWLOC_OBJ_CORE));
    EXPECT_EQ(numbers(machine.packages()), expected.numbers(HWLOC_OBJ_PACKAGE));
    EXPECT_EQ(machine.caches(3).size(), expected.numbers(HWLOC_OBJ_L3CACHE).size());
    std::vector<unsigned> usable;
    for (const pel::numa_node_info& node : machine.numa_nodes()) {
        // hwloc leaves out nodes whose CPUs may be used but not their memory.
        if (node.memory() != 0 || node.is_home()) usable.push_back(node.os_index());
    }
    for (const unsigned node : expected.nodes()) {
        const bool is_there = std::find(usable.begin(), usable.end(), node) != usable.end();
        const bool has_no_memory =
            machine.explain().find("(OS " + std::to_string(node) + "): no usable memory") != std::string::npos;
        EXPECT_TRUE(is_there || has_no_memory) << "node " << node << "\n" << machine.explain();
    }
    EXPECT_LE(usable.size(), expected.nodes().size());
    check_distances(machine, expected.latencies());
    EXPECT_NE(machine.explain().find(path), std::string::npos);
    check_text(machine, pel_test::explained_by_hwloc(path));
    pel_test::machine_invariants(machine).check();
}

TEST(topology_files, the_tests_own_are_read_as_hwloc_shows_them) {
    for (const char* file : {"bare.xml", "four_nodes.xml", "hybrid.xml", "memory_kinds.xml"}) {
        SCOPED_TRACE(file);
        check_file(std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/" + file);
    }
}

TEST(topology_files, every_machine_in_the_folder_is_read_as_hwloc_shows_it_and_hangs_together) {
    if (pel_test::topology_folder().empty()) {
        GTEST_SKIP() << "PEL_TOPOLOGY_DIR names no folder with topologies of machines (hwloc's XML)";
    }
    const std::vector<std::string> files = pel_test::topology_files();
    EXPECT_FALSE(files.empty()) << "no *.xml in " << pel_test::topology_folder();
    for (const std::string& file : files) {
        SCOPED_TRACE(file);
        check_file(file);
    }
}

} // namespace topology_files_test

#endif
