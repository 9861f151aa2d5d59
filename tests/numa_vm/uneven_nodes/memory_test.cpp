// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A node with CPUs and no memory, and one with memory and no CPUs.
#include <pel/memory/first_touch.hpp>
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_vector.hpp>
#include <pel/topology.hpp>

#include "numa_vm/guest.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace uneven_memory_test {

using pel::numa_node;
using pel::numa_vector;
using pel::topology;
using pel_test::expect_all_on;

constexpr std::size_t size = 1'000'000;

/// Returns: the node with this number of the kernel's.
numa_node find_node(unsigned os_index) {
    for (const pel::numa_node_info& node : topology::discover().numa_nodes()) {
        if (node.os_index() == os_index) return numa_node{node.logical_index()};
    }
    throw std::runtime_error("no node " + std::to_string(os_index) + " in\n" + topology::discover().explain());
}

TEST(uneven_memory, a_node_without_cpus_has_memory_to_be_bound_to) {
    const numa_node far = find_node(2);
    EXPECT_FALSE(topology::discover().numa_nodes()[far.index].is_home());
    numa_vector<double> vector(size, 1.0, far);
    expect_all_on(vector, 2);
    EXPECT_TRUE(pel::node_of(vector.data()) == far);
}

TEST(uneven_memory, a_node_without_memory_is_an_error_that_says_so) {
    EXPECT_EQ(topology::discover().pus().size(), 4U);
    bool is_listed = false;
    for (const pel::numa_node_info& node : topology::discover().numa_nodes()) {
        if (node.os_index() != 1) continue;
        is_listed = true;
        try {
            numa_vector<double> vector(size, numa_node{node.logical_index()});
            FAIL() << "no exception";
        } catch (const std::invalid_argument& error) {
            EXPECT_NE(std::string(error.what()).find("(OS 1) has no memory that the process may use"),
                      std::string::npos)
                << error.what();
        }
    }
    EXPECT_TRUE(is_listed) << topology::discover().explain();
}

TEST(uneven_memory, threads_without_memory_of_their_own_get_the_nearest) {
    pel_test::run_on_cpu(2, [] {
        numa_vector<double> vector(size);
        pel::first_touch(pel::seq, vector);
        expect_all_on(vector, 0);
        EXPECT_TRUE(pel::node_of(&vector[0]) == find_node(0));
    });
}

TEST(uneven_memory, interleaved_is_on_all_nodes_that_have_memory) {
    numa_vector<double> vector(size, 1.0, pel::numa_interleave);
    const std::vector<std::size_t> pages = pel_test::count_by_node(vector);
    EXPECT_EQ(pages[1], 0U);
    EXPECT_GE(pages[0] + 1, pages[2]);
    EXPECT_GE(pages[2] + 1, pages[0]);
    EXPECT_GT(pages[0], 900U);
}

} // namespace uneven_memory_test
