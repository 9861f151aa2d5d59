// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/topology.hpp>

#include "support/machine_invariants.hpp"
#include "unit/detail/topology/fake_root.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace described_machine_test {

using pel::topology;
using pel::detail::topology_access;

std::string data(const std::string& name) {
    return std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/" + name + ".xml";
}

topology read(const std::string& name) {
    const topology machine = topology::from_xml(data(name));
    pel_test::machine_invariants(machine).check();
    return machine;
}

std::string content(const std::string& name) {
    std::string text;
    EXPECT_EQ(pel::detail::read_file(data(name).c_str(), text), 0);
    return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
}

template <class Range>
std::vector<unsigned> os_indices(const Range& objects) {
    std::vector<unsigned> found;
    for (const auto& one : objects) found.push_back(one.os_index());
    return found;
}

using numbers = std::vector<unsigned>;

TEST(described_machine, fast_memory_beside_the_usual_one_shares_its_cpus_and_is_nobodys_home) {
    const topology machine = read("memory_kinds");
    const auto nodes = machine.numa_nodes();
    ASSERT_EQ(os_indices(nodes), (numbers{9, 3, 8, 252}));
    EXPECT_EQ(os_indices(nodes[0].pus()), (numbers{4, 5}));
    EXPECT_EQ(os_indices(nodes[1].pus()), (numbers{4, 5}));
    EXPECT_EQ(nodes[0].subtype(), "HBM");
    EXPECT_EQ(nodes[1].subtype(), "DRAM");
    EXPECT_FALSE(nodes[0].is_home());
    EXPECT_TRUE(nodes[1].is_home());
    EXPECT_EQ(nodes[0].memory(), 1ULL << 30);
    EXPECT_EQ(nodes[0].bandwidth(), 90000U);
    EXPECT_EQ(nodes[0].latency(), 150U);
    EXPECT_EQ(nodes[1].bandwidth(), 22500U);
    EXPECT_EQ(nodes[2].latency(), 0U);
}

TEST(described_machine, cpus_of_a_node_without_memory_get_it_from_the_nearest_node_that_has_both) {
    const topology machine = read("memory_kinds");
    const auto node = machine.numa_nodes()[2];
    EXPECT_EQ(node.memory(), 0U);
    EXPECT_FALSE(node.is_home());
    EXPECT_EQ(os_indices(node.pus()), (numbers{8, 9}));
    EXPECT_EQ(topology_access::machine_of(machine).home_nodes, (numbers{1, 1, 1, 1}));
}

TEST(described_machine, a_node_with_no_cpus_is_listed_as_memory_only) {
    const topology machine = read("memory_kinds");
    const auto node = machine.numa_nodes()[3];
    EXPECT_TRUE(node.pus().empty());
    EXPECT_FALSE(node.is_home());
    EXPECT_EQ(node.subtype(), "GPUMemory");
    EXPECT_EQ(node.memory(), 16ULL << 30);
    EXPECT_EQ(machine.distance(3, 0), 81U);
}

TEST(described_machine, what_is_disallowed_is_left_out_and_numbers_may_have_gaps) {
    const topology machine = read("memory_kinds");
    EXPECT_EQ(os_indices(machine.pus()), (numbers{4, 5, 8, 9}));
    EXPECT_EQ(machine.concurrency(), 4U);
    EXPECT_EQ(os_indices(machine.packages()), (numbers{1, 4}));
    EXPECT_EQ(os_indices(machine.cores()), (numbers{0, 1, 0, 1}));
    EXPECT_EQ(machine.cores()[2].pus().size(), 1U);
    EXPECT_NE(machine.explain().find("4 PUs of 5 that are online"), std::string::npos) << machine.explain();
    EXPECT_NE(machine.explain().find("memory_kinds.xml allows 4 CPUs (4-5,8-9)"), std::string::npos);
}

TEST(described_machine, a_node_whose_memory_is_disallowed_but_not_its_cpus_has_no_memory) {
    pel_test::fake_root root;
    root.write("/a.xml", replaced(content("memory_kinds"), "allowed_nodeset=\"0x10000000,,,,,,,0x00000308\"",
                                  "allowed_nodeset=\"0x10000000,,,,,,,0x00000200\""));
    const topology machine = topology::from_xml(root.path() + "/a.xml");
    pel_test::machine_invariants(machine).check();
    const auto nodes = machine.numa_nodes();
    ASSERT_EQ(os_indices(nodes), (numbers{9, 3, 8, 252}));
    EXPECT_EQ(nodes[1].memory(), 0U);
    EXPECT_FALSE(nodes[1].is_home());
    EXPECT_EQ(topology_access::machine_of(machine).home_nodes, (numbers{0, 0, 0, 0}));
}

TEST(described_machine, distances_are_matched_object_by_object_and_need_not_be_symmetric) {
    const topology machine = read("memory_kinds");
    EXPECT_EQ(topology_access::machine_of(machine).distances,
              (numbers{10, 31, 40, 80, 30, 10, 20, 80, 41, 21, 10, 80, 81, 82, 80, 10}));
}

TEST(described_machine, kinds_of_cores_are_ranked_and_caches_may_differ_or_be_missing) {
    const topology machine = read("hybrid");
    numbers kinds;
    numbers capacities;
    for (const pel::core& one : machine.cores()) {
        kinds.push_back(one.kind());
        capacities.push_back(one.capacity());
    }
    EXPECT_EQ(kinds, (numbers{1, 1, 0, 0, 0, 0}));
    EXPECT_EQ(capacities, (numbers{1024, 1024, 512, 512, 512, 512}));
    EXPECT_EQ(machine.caches(1).size(), 0U);
    ASSERT_EQ(machine.caches(2).size(), 3U);
    EXPECT_EQ(machine.caches(2)[2].size(), 2U << 20);
    EXPECT_EQ(os_indices(machine.caches(2)[2].pus()), (numbers{4, 5, 6}));
    ASSERT_EQ(machine.caches(3).size(), 1U);
    EXPECT_EQ(machine.caches(3)[0].pus().size(), 4U);
    EXPECT_NE(machine.explain().find("4 of kind 0 (capacity 512), 2 of kind 1 (capacity 1024)"), std::string::npos);
}

TEST(described_machine, kinds_that_the_process_has_no_core_of_do_not_count) {
    pel_test::fake_root root;
    root.write("/a.xml", replaced(content("hybrid"), "allowed_cpuset=\"0x000000ff\"", "allowed_cpuset=\"0x000000f0\""));
    const topology machine = topology::from_xml(root.path() + "/a.xml");
    ASSERT_EQ(machine.cores().size(), 4U);
    for (const pel::core& one : machine.cores()) {
        EXPECT_EQ(one.kind(), 0U);
        EXPECT_EQ(one.capacity(), 1024U);
    }
    EXPECT_EQ(machine.caches(3).size(), 0U);
}

TEST(described_machine, capacity_is_the_frequency_where_nothing_better_is_known_for_all) {
    pel_test::fake_root root;
    root.write("/a.xml", replaced(content("hybrid"), "<info name=\"LinuxCapacity\" value=\"500\"/>", ""));
    const topology machine = topology::from_xml(root.path() + "/a.xml");
    EXPECT_EQ(machine.cores()[5].capacity(), 799U); // 3900 of 5000 MHz
    EXPECT_EQ(machine.cores()[0].capacity(), 1024U);
}

TEST(described_machine, a_machine_may_have_neither_packages_nor_cores_nor_caches_nor_known_memory) {
    const topology machine = read("bare");
    EXPECT_EQ(os_indices(machine.pus()), (numbers{1, 3}));
    EXPECT_TRUE(machine.packages().empty());
    EXPECT_TRUE(machine.cores().empty());
    ASSERT_EQ(machine.numa_nodes().size(), 1U);
    EXPECT_EQ(machine.numa_nodes()[0].os_index(), 1U);
    EXPECT_TRUE(machine.numa_nodes()[0].is_home());
    EXPECT_EQ(topology_access::machine_of(machine).domains.size(), 1U);
}

TEST(described_machine, nodes_may_hold_several_packages) {
    const topology machine = topology::from_synthetic("numa:2 pack:2 l3:1 core:2 pu:2");
    pel_test::machine_invariants(machine).check();
    ASSERT_EQ(machine.packages().size(), 4U);
    ASSERT_EQ(machine.numa_nodes().size(), 2U);
    EXPECT_EQ(machine.numa_nodes()[1].pus().size(), 8U);
    EXPECT_EQ(machine.packages()[3].pus().size(), 4U);
    EXPECT_EQ(topology_access::machine_of(machine).domains.size(), 8U + 4U + 2U + 1U);
}

struct bad_file {
    std::string text;
    std::string reason;
};

TEST(described_machine, an_xml_that_cannot_be_read_is_named_with_the_reason_and_hwloc_prints_nothing) {
    const std::string good = content("bare");
    const std::initializer_list<bad_file> files = {
        {"", "the file is empty"},
        {" \n", "the file is empty"},
        {"hello", "the file is not XML"},
        {"<html></html>", "it has no <topology>"},
        {replaced(good, "version=\"2.0\"", "version=\"3.0\""), "of hwloc's format 3.0, and hwloc"},
        {good.substr(0, good.size() / 2), "the file is truncated"},
        {replaced(good, "type=\"PU\"", "type=\"Quark\""), "hwloc does not understand the file"},
        {replaced(good, "allowed_cpuset=\"0x0000000a\"", "allowed_cpuset=\"0x0\""), "it allows no CPU at all"},
        {replaced(good, "\"PU\" os_index=\"3\"", "\"PU\" os_index=\"1\""), "two CPUs in it have the same number"},
        {replaced(good, "\"PU\" os_index=\"3\"", "\"PU\" os_index=\"4000000000\""), "two CPUs in it"},
    };
    pel_test::fake_root root;
    const std::string path = root.path() + "/bad.xml";
    for (const bad_file& bad : files) {
        root.write("/bad.xml", bad.text);
        testing::internal::CaptureStderr();
        std::string message;
        try {
            topology::from_xml(path);
        } catch (const pel::topology_error& error) {
            message = error.what();
        }
        EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
        EXPECT_EQ(message.find("pel::topology: " + path + ": "), 0U) << message;
        EXPECT_NE(message.find(bad.reason), std::string::npos) << message << "\nwanted: " << bad.reason;
    }
}

TEST(described_machine, a_file_that_is_not_there_is_named_with_the_systems_reason) {
    const std::pair<const char*, const char*> files[] = {
        {"/nonexistent/a.xml", "No such file"}, {"/", "directory"}, {"", "No such"}};
    for (const auto& [path, reason] : files) {
        std::string message;
        try {
            topology::from_xml(path);
        } catch (const pel::topology_error& error) {
            message = error.what();
        }
        EXPECT_NE(message.find(std::string(path) + ": cannot be read: "), std::string::npos) << message;
        EXPECT_NE(message.find(reason), std::string::npos) << message;
    }
}

TEST(described_machine, a_text_that_is_no_machine_is_named_with_the_reason) {
    for (const char* text : {"", "hello", "core:2", "numa:2", "pu:0", "pu:-1", "core:2 pu:2 x", "core:4 pu:1000000000",
                             "99999999999999999999999", "numa:16 core:16 pu:64"}) {
        std::string message;
        try {
            topology::from_synthetic(text);
        } catch (const pel::topology_error& error) {
            message = error.what();
        }
        EXPECT_EQ(message.find("pel::topology: \"" + std::string(text) + "\": "), 0U) << text << ": " << message;
    }
}

TEST(described_machine, the_environment_neither_chooses_nor_cuts_it) {
    const std::pair<const char*, const char*> variables[] = {
        {"HWLOC_XMLFILE", "/nonexistent.xml"}, {"HWLOC_SYNTHETIC", "pu:3"},
        {"HWLOC_COMPONENTS", "-all"},          {"HWLOC_THISSYSTEM", "1"},
        {"HWLOC_THISSYSTEM_ALLOWED_RESOURCES", "1"}};
    for (const auto& [name, value] : variables) ASSERT_EQ(::setenv(name, value, 1), 0);
    const topology file = topology::from_xml(data("memory_kinds"));
    const topology text = topology::from_synthetic("numa:2 core:4 pu:2");
    for (const auto& [name, value] : variables) ASSERT_EQ(::unsetenv(name), 0);
    EXPECT_EQ(os_indices(file.pus()), (numbers{4, 5, 8, 9}));
    EXPECT_EQ(os_indices(file.numa_nodes()), (numbers{9, 3, 8, 252}));
    EXPECT_EQ(file.numa_nodes()[1].memory(), 16ULL << 30);
    EXPECT_EQ(text.pus().size(), 16U);
    EXPECT_EQ(text.numa_nodes().size(), 2U);
    EXPECT_FALSE(topology_access::machine_of(file).is_this_system);
    EXPECT_FALSE(topology_access::is_this_system(file));
}

} // namespace described_machine_test

#endif
