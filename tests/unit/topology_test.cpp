// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/topology.hpp>

#include "support/machine_invariants.hpp"
#include "unit/detail/topology/fake_root.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <cstdlib>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace topology_test {

using pel::topology;
using pel::detail::cpu_mask;
using pel::detail::topology_access;

static_assert(std::ranges::random_access_range<pel::topology_range<pel::pu>>);
static_assert(std::ranges::sized_range<pel::topology_range<pel::pu>>);
static_assert(std::ranges::random_access_range<pel::pu_range>);
static_assert(std::is_trivially_copyable_v<pel::pu>);
static_assert(std::is_trivially_copyable_v<pel::core> && std::is_trivially_copyable_v<pel::numa_node_info>);
static_assert(std::is_base_of_v<std::runtime_error, pel::topology_error>);
static_assert(sizeof(topology) == sizeof(void*));
static_assert(pel::numa_node{3}.index == 3 && pel::numa_node(3).index == 3);

/// A mask with the last CPU of the process only.
cpu_mask last_allowed_cpu() {
    const cpu_mask all = pel::detail::read_process_affinity();
    cpu_mask one;
    for (unsigned cpu = all.end(); cpu-- > 0 && one.is_empty();) {
        if (all.contains(cpu)) one.insert(cpu);
    }
    return one;
}

TEST(topology, discover_gives_the_same_value_every_time) {
    const topology first = topology::discover();
    const topology second = topology::discover();
    EXPECT_EQ(&topology_access::limits(first), &topology_access::limits(second));
    const topology fresh = topology::discover_again();
    EXPECT_NE(&topology_access::limits(first), &topology_access::limits(fresh));
    EXPECT_EQ(first.concurrency(), fresh.concurrency());
}

TEST(topology, concurrency_does_not_read_the_machine) {
    const topology machine = topology::discover_again();
    EXPECT_GE(machine.concurrency(), 1U);
    EXPECT_FALSE(machine.is_loaded());
    machine.load();
    EXPECT_TRUE(machine.is_loaded());
}

TEST(topology, pus_are_the_cpus_that_the_process_may_run_on) {
    const topology machine = topology::discover();
    const cpu_mask allowed = topology_access::limits(machine).allowed;
    std::set<unsigned> os_indexes;
    unsigned expected = 0;
    for (const pel::pu& unit : machine.pus()) {
        EXPECT_EQ(unit.logical_index(), expected++);
        EXPECT_TRUE(allowed.contains(unit.os_index()));
        os_indexes.insert(unit.os_index());
    }
    EXPECT_EQ(os_indexes.size(), machine.pus().size());
    EXPECT_EQ(machine.pus().size(), allowed.count());
    EXPECT_EQ(machine.pus()[0], *machine.pus().begin());
    EXPECT_FALSE(machine.pus().empty());
}

TEST(topology, this_machine_hangs_together) {
    const topology machine = topology::discover();
    pel_test::machine_invariants(machine).check();
    EXPECT_TRUE(topology_access::machine_of(machine).is_this_system);
    EXPECT_TRUE(topology_access::is_this_system(machine));
    EXPECT_FALSE(machine.numa_nodes().empty());
}

TEST(topology, a_distance_of_a_node_that_is_not_there_names_the_index) {
    const topology machine = topology::discover();
    const auto nodes = static_cast<unsigned>(machine.numa_nodes().size());
    EXPECT_EQ(machine.distance(0, 0), 10U);
    for (const auto& [from, to] : {std::pair{nodes + 7, 0U}, std::pair{0U, nodes + 7}}) {
        std::string message;
        try {
            machine.distance(from, to);
        } catch (const std::invalid_argument& error) {
            message = error.what();
        }
        EXPECT_NE(message.find("no NUMA node " + std::to_string(nodes + 7)), std::string::npos) << message;
    }
}

TEST(topology, a_flat_machine_is_one_node_of_unknown_memory) {
    cpu_mask strange = pel::detail::read_process_affinity();
    strange.insert(8000);
    const pel_test::fake_root root;
    const topology machine = topology_access::make(pel::detail::read_cpu_limits(root.path(), strange));
    ASSERT_EQ(machine.numa_nodes().size(), 1U);
    const pel::numa_node_info node = machine.numa_nodes()[0];
    EXPECT_EQ(node.pus().size(), machine.pus().size());
    EXPECT_EQ(node.memory(), 0U);
    EXPECT_TRUE(node.is_home());
    EXPECT_EQ(machine.distance(0, 0), 10U);
    EXPECT_TRUE(machine.packages().empty() && machine.cores().empty() && machine.caches(1).empty());
    EXPECT_EQ(topology_access::machine_of(machine).domains.size(), machine.pus().size() > 1 ? 1U : 0U);
}

TEST(topology, a_range_outlives_its_topology) {
    const auto pus = topology::discover_again().pus();
    EXPECT_EQ(pus.size(), topology::discover().pus().size());
    EXPECT_EQ(pus[pus.size() - 1].logical_index() + 1, pus.size());
}

TEST(topology, a_moved_from_topology_still_has_its_machine) {
    topology first = topology::discover();
    const topology second = std::move(first);
    EXPECT_EQ(first.concurrency(), second.concurrency()); // NOLINT(bugprone-use-after-move): that is the test
}

TEST(topology, the_source_is_named_with_a_reason_when_it_is_poor) {
    const std::string source = topology::discover().source();
#ifdef PEL_NO_HWLOC
    EXPECT_EQ(source, "flat: built with PEL_NO_HWLOC");
#else
    EXPECT_EQ(source, "hwloc");
#endif
}

TEST(topology, explain_names_number_source_and_every_limit) {
    const topology machine = topology::discover();
    const std::string text = machine.explain();
    EXPECT_EQ(text.find("concurrency " + std::to_string(machine.concurrency()) + ": "), 0U) << text;
    EXPECT_NE(text.find("affinity mask: "), std::string::npos) << text;
    EXPECT_NE(text.find("CPU quota: "), std::string::npos) << text;
    EXPECT_NE(text.find("machine (source: " + machine.source() + ")"), std::string::npos) << text;
    EXPECT_EQ(text.back(), '\n');
}

TEST(topology, a_quota_in_a_fake_root_decides_and_leaves_the_pus) {
    pel_test::fake_root root;
    root.unified("/a").quota("/a", "50000 100000");
    const cpu_mask mask = pel::detail::read_process_affinity();
    if (mask.count() < 2) GTEST_SKIP() << "needs two CPUs";
    const topology machine = topology_access::make(pel::detail::read_cpu_limits(root.path(), mask));
    EXPECT_EQ(machine.concurrency(), 1U);
    EXPECT_EQ(machine.pus().size(), mask.count());
    EXPECT_NE(machine.explain().find("/sys/fs/cgroup/a/cpu.max is 1 CPU (50000 us of every 100000 us)"),
              std::string::npos)
        << machine.explain();
}

TEST(topology, the_mask_of_the_first_thread_counts_and_not_the_callers) {
    const topology before = topology::discover_again();
    const cpu_mask all = pel::detail::read_process_affinity();
    const cpu_mask one = last_allowed_cpu();
    std::thread([&] {
        ASSERT_TRUE(pel::detail::set_thread_affinity(one));
        EXPECT_EQ(topology::discover_again().concurrency(), before.concurrency());
    }).join();
    ASSERT_TRUE(pel::detail::set_thread_affinity(one));
    const topology narrow = topology::discover_again();
    EXPECT_EQ(narrow.concurrency(), 1U);
    ASSERT_EQ(narrow.pus().size(), 1U);
    EXPECT_TRUE(one.contains(narrow.pus()[0].os_index()));
    EXPECT_EQ(narrow.source(), before.source());
    EXPECT_EQ(pel::detail::read_thread_affinity(), one);
    ASSERT_TRUE(pel::detail::set_thread_affinity(all));
}

TEST(topology, cpus_that_the_machine_does_not_have_make_it_flat_with_a_reason) {
    cpu_mask strange = pel::detail::read_process_affinity();
    strange.insert(8000);
    const pel_test::fake_root root;
    const topology machine = topology_access::make(pel::detail::read_cpu_limits(root.path(), strange));
    EXPECT_EQ(machine.source().find("flat: "), 0U) << machine.source();
    EXPECT_EQ(machine.pus().size(), strange.count());
    EXPECT_EQ(machine.pus()[machine.pus().size() - 1].os_index(), 8000U);
}

#ifdef PEL_NO_HWLOC
TEST(topology, without_hwloc_no_description_can_be_read) {
    EXPECT_THROW(topology::from_xml("machine.xml"), pel::topology_error);
    EXPECT_THROW(topology::from_synthetic("core:2 pu:2"), pel::topology_error);
}
#else
TEST(topology, a_described_machine_is_read_at_once_and_shared_by_its_copies) {
    const topology machine = topology::from_synthetic("pack:2 numa:2 l3:2 l2:2 core:2 pu:2");
    EXPECT_TRUE(machine.is_loaded());
    EXPECT_EQ(machine.source(), "hwloc");
    EXPECT_EQ(machine.concurrency(), 64U);
    EXPECT_EQ(machine.pus().size(), 64U);
    EXPECT_EQ(machine.cores().size(), 32U);
    EXPECT_EQ(machine.caches(2).size(), 16U);
    EXPECT_EQ(machine.caches(3).size(), 8U);
    EXPECT_TRUE(machine.caches(0).empty() && machine.caches(1).empty() && machine.caches(4).empty());
    EXPECT_EQ(machine.numa_nodes().size(), 4U);
    EXPECT_EQ(machine.packages().size(), 2U);
    EXPECT_EQ(machine.packages()[1].pus()[0].logical_index(), 32U);
    EXPECT_EQ(machine.distance(0, 1), 20U);
    EXPECT_EQ(machine.distance(0, 2), 30U);
    EXPECT_NE(
        machine.explain().find("concurrency 64: \"pack:2 numa:2 l3:2 l2:2 core:2 pu:2\" describes a machine of 64"),
        std::string::npos)
        << machine.explain();
    pel_test::machine_invariants(machine).check();
    const topology copy = machine;
    EXPECT_EQ(copy.cores().begin(), machine.cores().begin());
}

TEST(topology, hwloc_told_to_show_another_machine_gives_a_flat_one_with_the_reason) {
    ASSERT_EQ(::setenv("HWLOC_SYNTHETIC", "numa:2 core:4 pu:2", 1), 0);
    const topology machine = topology::discover_again();
    machine.load();
    ASSERT_EQ(::unsetenv("HWLOC_SYNTHETIC"), 0);
    EXPECT_EQ(machine.source().find("flat: hwloc was told to show another machine"), 0U) << machine.source();
    EXPECT_EQ(machine.pus().size(), topology_access::limits(machine).allowed.count());
}
#endif

TEST(topology, threads_that_race_to_load_see_one_machine) {
    constexpr int threads = 4;
    const topology machine = topology::discover_again();
    std::barrier start(threads);
    std::vector<const pel::pu*> seen(threads);
    std::vector<std::jthread> team;
    for (int i = 0; i < threads; ++i) {
        team.emplace_back([&, i] {
            start.arrive_and_wait();
            EXPECT_EQ(topology::discover().concurrency(), machine.concurrency());
            machine.load();
            seen[static_cast<std::size_t>(i)] = machine.pus().begin();
        });
    }
    team.clear();
    for (const pel::pu* first : seen) EXPECT_EQ(first, machine.pus().begin());
}

} // namespace topology_test
