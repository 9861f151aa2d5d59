// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
// Home nodes by the kernel's word. Those that are found without: described_machine_test.cpp.
#include <pel/detail/topology/home_nodes.hpp>

#include "support/described_machine.hpp"
#include "unit/detail/topology/fake_root.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <string>
#include <vector>

namespace home_nodes_test {

using pel::detail::home_finder;
using pel::detail::machine;

/// Homes on two nodes, whose CPUs the kernel says in these lines; null: nothing of that node.
std::vector<unsigned> find(machine& made, const char* cpus_of_0, const char* cpus_of_1) {
    pel_test::fake_root root;
    if (cpus_of_0 != nullptr) root.write("/sys/devices/system/node/node0/cpulist", cpus_of_0);
    if (cpus_of_1 != nullptr) root.write("/sys/devices/system/node/node1/cpulist", cpus_of_1);
    home_finder homes(made);
    homes.ask_kernel(root.path());
    homes.find();
    return {made.home_nodes.begin(), made.home_nodes.end()};
}

TEST(home_nodes, the_kernel_knows_of_nodes_that_cross_packages) {
    machine made = pel_test::synthetic_machine("pack:2 [numa] core:2 pu:1");
    EXPECT_EQ(find(made, "0,2\n", "1,3\n"), (std::vector<unsigned>{0, 1, 0, 1}));
    EXPECT_TRUE(made.nodes[0].is_home() && made.nodes[1].is_home());
}

TEST(home_nodes, memory_that_the_kernel_gives_no_cpus_is_nobodys) {
    machine made = pel_test::synthetic_machine("pack:2 [numa] core:2 pu:1");
    EXPECT_EQ(find(made, "\n", "0-3\n"), (std::vector<unsigned>{1, 1, 1, 1}));
    EXPECT_FALSE(made.nodes[0].is_home());
}

TEST(home_nodes, what_the_kernel_does_not_say_is_found_as_elsewhere) {
    machine made = pel_test::synthetic_machine("pack:2 [numa] core:2 pu:1");
    EXPECT_EQ(find(made, nullptr, "three\n"), (std::vector<unsigned>{0, 0, 1, 1}));
}

} // namespace home_nodes_test

#endif
