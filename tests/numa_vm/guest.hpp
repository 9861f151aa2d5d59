// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tests inside the emulated machine need: the kernel's own word on where pages are, and its switches, as root.
#pragma once

#include "support/pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pel_test {

/// Returns: the node of each page of the array, by the kernel's numbers; negative for pages that are nowhere.
template <class T>
std::vector<int> nodes_of_pages(std::span<T> array) {
    const std::vector<char*> pages = pages_of(array);
    std::vector<int> nodes(pages.size(), -1);
    const long status = ::syscall(SYS_move_pages, 0, pages.size(), pages.data(), nullptr, nodes.data(), 0);
    EXPECT_EQ(status, 0);
    return nodes;
}

/// Returns: how many pages of the array each node has, by the kernel's numbers, 4 of them.
template <class Array>
std::vector<std::size_t> count_by_node(Array& array) {
    const std::vector<int> nodes = nodes_of_pages(std::span(array));
    std::vector<std::size_t> counts;
    for (int node = 0; node < 4; ++node) {
        counts.push_back(static_cast<std::size_t>(std::count(nodes.begin(), nodes.end(), node)));
    }
    return counts;
}

template <class Array>
void expect_all_on(Array& array, int node) {
    for (const int each : nodes_of_pages(std::span(array))) {
        ASSERT_EQ(each, node);
    }
}

/// Binds the calling thread.
inline void bind_to_cpu(unsigned cpu) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0) << "CPU " << cpu;
}

/// Lets the calling thread, and what it starts, run anywhere, whatever tests before have left.
inline void bind_to_no_cpu() {
    cpu_set_t all;
    CPU_ZERO(&all);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) CPU_SET(cpu, &all);
    ASSERT_EQ(::sched_setaffinity(0, sizeof all, &all), 0);
}

/// Runs body() on a thread bound to that CPU.
template <class Body>
void run_on_cpu(unsigned cpu, Body&& body) {
    std::thread([&] {
        bind_to_cpu(cpu);
        body();
    }).join();
}

inline void write_file(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    out << text << std::flush;
    ASSERT_TRUE(out.good()) << file << " does not take \"" << text << '"';
}

inline void set_online(unsigned cpu, bool is_online) {
    write_file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online", is_online ? "1" : "0");
}

/// Moves the process into a new cgroup with these settings: {"cpuset.cpus", "0-1"} and the like.
inline void enter_cgroup(const std::string& name, const std::vector<std::pair<std::string, std::string>>& settings) {
    const std::string root = "/sys/fs/cgroup";
    write_file(root + "/cgroup.subtree_control", "+cpuset +cpu");
    ASSERT_EQ(::mkdir((root + '/' + name).c_str(), 0755), 0);
    for (const auto& [file, value] : settings) write_file(root + '/' + name + '/' + file, value);
    write_file(root + '/' + name + "/cgroup.procs", std::to_string(::getpid()));
}

} // namespace pel_test
