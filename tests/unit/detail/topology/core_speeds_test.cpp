// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/topology/core_speeds.hpp>

#include "fake_root.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace core_speeds_test {

using pel::detail::cpu_mask;
using pel::detail::have_unequal_speeds;

/// A system whose CPUs say this much of themselves, in the order of their numbers.
void write_speeds(pel_test::fake_root& root, const std::string& measure, const std::vector<unsigned>& speeds) {
    for (std::size_t cpu = 0; cpu < speeds.size(); ++cpu) {
        root.write("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + '/' + measure,
                   std::to_string(speeds[cpu]) + '\n');
    }
}

TEST(core_speeds, cpus_differ_in_the_first_measure_that_all_of_them_have) {
    pel_test::fake_root root;
    const cpu_mask all = cpu_mask::first(4);
    EXPECT_FALSE(have_unequal_speeds(root.path(), all)) << "nothing says so";
    write_speeds(root, "cpufreq/base_frequency", {2'000'000, 2'000'000, 1'500'000, 1'500'000});
    EXPECT_TRUE(have_unequal_speeds(root.path(), all));
    write_speeds(root, "cpufreq/cpuinfo_max_freq", {4'000'000, 3'900'000, 3'700'000, 3'700'000});
    EXPECT_FALSE(have_unequal_speeds(root.path(), all)) << "cores of one kind";
    write_speeds(root, "cpu_capacity", {1024, 1024, 446});
    EXPECT_FALSE(have_unequal_speeds(root.path(), all)) << "not of the last one";
    write_speeds(root, "cpu_capacity", {1024, 1024, 446, 446});
    EXPECT_TRUE(have_unequal_speeds(root.path(), all));
}

TEST(core_speeds, cpus_that_the_process_may_not_use_do_not_count) {
    pel_test::fake_root root;
    write_speeds(root, "cpu_capacity", {1024, 1024, 446, 446});
    EXPECT_FALSE(have_unequal_speeds(root.path(), cpu_mask::first(2)));
    EXPECT_TRUE(have_unequal_speeds(root.path(), cpu_mask::first(3)));
    EXPECT_FALSE(have_unequal_speeds(root.path(), cpu_mask()));
}

} // namespace core_speeds_test
