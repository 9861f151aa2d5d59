// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Real cpusets, offline CPUs and CPU quotas: what a process may use, and what explain() says of it.
#include <pel/memory/numa_vector.hpp>
#include <pel/thread_pool.hpp>
#include <pel/topology.hpp>

#include "numa_vm/guest.hpp"
#include "numa_vm/masks.hpp"
#include "support/own_process.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace limits_test {

using pel::numa_node;
using pel::numa_vector;
using pel::topology;
using pel_test::enter_cgroup;
using pel_test::masks_of;
using pel_test::set_online;
using numbers = std::vector<unsigned>;

template <class Objects>
numbers os_indexes(const Objects& objects) {
    numbers indexes;
    for (const auto& object : objects) indexes.push_back(object.os_index());
    return indexes;
}

pel::thread_pool_options one_core_each() {
    pel::thread_pool_options options;
    options.binding = pel::binding::core;
    return options;
}

void expect_first_line(const topology& machine, const std::string& part) {
    const std::string text = machine.explain();
    EXPECT_NE(text.substr(0, text.find('\n')).find(part), std::string::npos) << text;
}

TEST(limits, a_process_without_any_has_the_whole_machine) {
    PEL_IN_OWN_PROCESS();
    const topology machine = topology::discover();
    EXPECT_EQ(machine.source(), "hwloc");
    EXPECT_EQ(machine.concurrency(), 8U);
    EXPECT_EQ(machine.pus().size(), 8U);
    EXPECT_EQ(machine.numa_nodes().size(), 4U);
    EXPECT_EQ(machine.packages().size(), 4U);
    for (const pel::numa_node_info& node : machine.numa_nodes()) {
        EXPECT_EQ(os_indexes(node.pus()), (numbers{2 * node.os_index(), 2 * node.os_index() + 1}));
        EXPECT_GT(node.memory(), 100ULL << 20);
    }
    EXPECT_EQ(machine.distance(0, 0), 10U);
    EXPECT_EQ(machine.distance(0, 1), 16U);
    EXPECT_EQ(machine.distance(3, 0), 28U);
    expect_first_line(machine, "nothing limits the process, the machine has 8 CPUs (0-7)");
}

TEST(limits, a_cpuset_limits_cpus_and_memory) {
    PEL_IN_OWN_PROCESS();
    enter_cgroup("set", {{"cpuset.cpus", "2-3,6"}, {"cpuset.mems", "1,3"}});
    const topology machine = topology::discover();
    EXPECT_EQ(machine.concurrency(), 3U);
    EXPECT_EQ(os_indexes(machine.pus()), (numbers{2, 3, 6}));
    EXPECT_EQ(os_indexes(machine.numa_nodes()), (numbers{1, 3}));
    expect_first_line(machine, "the cpuset in /sys/fs/cgroup/set/cpuset.cpus.effective allows 3 CPUs (2-3,6)");
    EXPECT_EQ(pel::default_pool().concurrency(), 3U);
    pel_test::expect_bound_within(masks_of(pel::default_pool(), 3), "2-3,6", {"2-3", "6"});
    pel::thread_pool on_cores(one_core_each());
    pel_test::expect_bound_within(masks_of(on_cores, 3), "2-3,6", {"2", "3", "6"});

    numa_vector<double> bound(100'000, 1.0, numa_node{1});
    pel_test::expect_all_on(bound, 3);
    numa_vector<double> spread(100'000, 1.0, pel::numa_interleave);
    const std::vector<std::size_t> pages = pel_test::count_by_node(spread);
    EXPECT_EQ(pages[0] + pages[2], 0U);
    EXPECT_GT(pages[1], 90U);
    EXPECT_GT(pages[3], 90U);
    EXPECT_THROW(numa_vector<double>(10, numa_node{2}), std::invalid_argument);
}

TEST(limits, offline_cpus_are_not_there) {
    PEL_IN_OWN_PROCESS();
    for (const unsigned cpu : {3U, 6U, 7U}) set_online(cpu, false);
    const topology machine = topology::discover();
    EXPECT_EQ(machine.concurrency(), 5U);
    EXPECT_EQ(os_indexes(machine.pus()), (numbers{0, 1, 2, 4, 5}));
    EXPECT_EQ(machine.numa_nodes().size(), 4U) << "the memory of the last node is still there";
    for (const pel::numa_node_info& node : machine.numa_nodes()) {
        EXPECT_EQ(node.is_home(), node.os_index() != 3);
        numa_vector<double> bound(100'000, 1.0, numa_node{node.logical_index()});
        pel_test::expect_all_on(bound, static_cast<int>(node.os_index()));
    }
    expect_first_line(machine, "nothing limits the process, the machine has 5 CPUs (0-2,4-5)");
    pel_test::expect_bound_within(masks_of(pel::default_pool(), 5), "0-2,4-5", {"0-1", "2", "4-5"});
    pel::thread_pool on_cores(one_core_each());
    pel_test::expect_bound_within(masks_of(on_cores, 5), "0-2,4-5", {"0", "1", "2", "4", "5"});
    for (const unsigned cpu : {3U, 6U, 7U}) set_online(cpu, true);
    EXPECT_EQ(topology::discover_again().concurrency(), 8U);
    EXPECT_EQ(topology::discover().concurrency(), 5U) << "as when it was asked first";
}

TEST(limits, threads_that_start_after_a_cpu_has_gone_offline_are_bound_to_those_that_are_left) {
    PEL_IN_OWN_PROCESS();
    EXPECT_EQ(pel::default_pool().concurrency(), 8U);
    topology::discover().load();
    set_online(7, false);
    pel_test::expect_bound_within(masks_of(pel::default_pool(), 8), "0-6", {"0-1", "2-3", "4-5", "6"});
    set_online(7, true);
}

TEST(limits, a_cpu_quota_limits_how_many_and_not_which) {
    PEL_IN_OWN_PROCESS();
    enter_cgroup("quota", {{"cpu.max", "250000 100000"}});
    const topology machine = topology::discover();
    EXPECT_EQ(machine.concurrency(), 3U);
    EXPECT_EQ(machine.pus().size(), 8U);
    EXPECT_EQ(machine.numa_nodes().size(), 4U);
    expect_first_line(machine,
                      "the CPU quota in /sys/fs/cgroup/quota/cpu.max is 3 CPUs (250000 us of every 100000 us)");
    EXPECT_EQ(pel::default_pool().concurrency(), 3U);
}

TEST(limits, the_tightest_of_all_decides) {
    PEL_IN_OWN_PROCESS();
    set_online(5, false);
    enter_cgroup("all", {{"cpuset.cpus", "4-7"}, {"cpuset.mems", "2"}, {"cpu.max", "150000 100000"}});
    EXPECT_EQ(topology::discover_again().concurrency(), 2U);
    expect_first_line(topology::discover_again(), "the CPU quota");
    pel_test::bind_to_cpu(6);
    const topology machine = topology::discover_again();
    EXPECT_EQ(machine.concurrency(), 1U);
    EXPECT_EQ(os_indexes(machine.pus()), numbers{6});
    expect_first_line(machine, "the affinity mask of the process allows 1 CPU (6)");
    set_online(5, true);
}

} // namespace limits_test
