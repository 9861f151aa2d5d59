// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/topology.hpp>

#include "support/machine_invariants.hpp"
#include "support/topology_folder.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <hwloc.h>
#include <hwloc/distances.h>

#include <algorithm>
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
    pel_test::machine_invariants(machine).check();
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
