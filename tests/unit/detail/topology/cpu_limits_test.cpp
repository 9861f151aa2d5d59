// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/topology/cpu_limits_reader.hpp>
#include <pel/detail/topology/explain.hpp>

#include "unit/detail/topology/fake_root.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cpu_limits_test {

using pel::detail::cpu_limits;
using pel::detail::cpu_mask;
using pel::detail::deciding_limit;
using pel_test::fake_root;

cpu_limits read(const fake_root& root, unsigned cpus = 8) {
    return pel::detail::read_cpu_limits(root.path(), cpu_mask::first(cpus));
}

std::string explain(const cpu_limits& limits, unsigned online = 8) {
    pel::detail::machine machine;
    machine.source = "flat: test";
    machine.online = cpu_mask::first(online);
    return pel::detail::explain(limits, machine);
}

std::size_t count_notes(const cpu_limits& limits) {
    std::size_t notes = 0;
    for (std::size_t at = limits.report.find("  note: "); at != std::string::npos; ++notes) {
        at = limits.report.find("  note: ", at + 1);
    }
    return notes;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(cpu_limits, without_proc_and_cgroup_files_the_affinity_mask_decides) {
    const fake_root root;
    const cpu_limits limits = read(root, 6);
    EXPECT_EQ(limits.concurrency, 6U);
    EXPECT_EQ(limits.decided_by, deciding_limit::affinity_mask);
    EXPECT_EQ(count_notes(limits), 0U);
    EXPECT_TRUE(has(explain(limits), "concurrency 6: the affinity mask of the process allows 6 CPUs (0-5)"));
    EXPECT_TRUE(has(explain(limits, 6), "concurrency 6: nothing limits the process, the machine has 6 CPUs (0-5)"));
}

TEST(cpu_limits, a_quota_is_rounded_up_to_whole_cpus) {
    const struct {
        const char* quota;
        unsigned cpus;
    } cases[] = {{"50000 100000", 1},  {"100000 100000", 1}, {"150000 100000", 2}, {"300000 100000", 3},
                 {"300001 100000", 4}, {"1000 1000000", 1},  {"5000 2000", 3}};
    for (const auto& [quota, cpus] : cases) {
        fake_root root;
        root.unified("/a").quota("/a", quota);
        const cpu_limits limits = read(root);
        EXPECT_EQ(limits.concurrency, cpus) << quota;
        EXPECT_EQ(limits.decided_by, deciding_limit::quota) << quota;
    }
}

TEST(cpu_limits, a_quota_in_cgroup_v1_is_rounded_up_to_whole_cpus) {
    const struct {
        const char* quota;
        unsigned cpus;
    } cases[] = {{"50000", 1}, {"150000", 2}, {"300000", 3}};
    for (const auto& [quota, cpus] : cases) {
        fake_root root;
        root.version1("/a").quota_version1("/a", quota, "100000");
        EXPECT_EQ(read(root).concurrency, cpus) << quota;
    }
}

TEST(cpu_limits, max_and_minus_one_are_no_limit) {
    fake_root unified;
    unified.unified("/a").quota("/a", "max 100000");
    EXPECT_EQ(read(unified).concurrency, 8U);
    EXPECT_EQ(count_notes(read(unified)), 0U);
    EXPECT_TRUE(has(explain(read(unified)), "CPU quota: none"));
    fake_root version1;
    version1.version1("/a").quota_version1("/a", "-1", "100000");
    EXPECT_EQ(read(version1).concurrency, 8U);
    EXPECT_EQ(count_notes(read(version1)), 0U);
}

TEST(cpu_limits, the_tightest_quota_of_all_ancestors_decides_and_is_named) {
    fake_root root;
    root.unified("/kubepods/pod1/app")
        .quota("/kubepods/pod1/app", "max 100000")
        .quota("/kubepods/pod1", "250000 100000")
        .quota("/kubepods", "700000 100000");
    const cpu_limits limits = read(root);
    EXPECT_EQ(limits.concurrency, 3U);
    const std::string text = explain(limits);
    EXPECT_TRUE(has(text, "concurrency 3: the CPU quota in " + root.path() +
                              "/sys/fs/cgroup/kubepods/pod1/cpu.max is " + "3 CPUs (250000 us of every 100000 us)"))
        << text;
    EXPECT_TRUE(has(text, "7 CPUs (700000 us of every 100000 us)")) << text;
}

TEST(cpu_limits, of_two_quotas_that_round_to_the_same_the_smaller_is_named) {
    fake_root root;
    root.unified("/a/b").quota("/a/b", "300000 100000").quota("/a", "210000 100000");
    const cpu_limits limits = read(root);
    EXPECT_EQ(limits.concurrency, 3U);
    EXPECT_EQ(limits.quota.quota, 210000U);
}

TEST(cpu_limits, ancestors_count_in_cgroup_v1_too) {
    fake_root root;
    root.version1("/docker/1f2e")
        .quota_version1("/docker/1f2e", "-1", "100000")
        .quota_version1("/docker", "150000", "50000");
    EXPECT_EQ(read(root).concurrency, 3U);
}

TEST(cpu_limits, the_root_cgroup_of_the_mount_counts) {
    fake_root root;
    root.unified("/").quota("", "200000 100000");
    EXPECT_EQ(read(root).concurrency, 2U);
}

TEST(cpu_limits, a_hybrid_system_takes_the_tightest_of_both_versions) {
    for (const bool is_version1_tighter : {true, false}) {
        fake_root root;
        root.write("/proc/self/cgroup", "4:cpu,cpuacct:/one\n3:cpuset:/\n0::/two\n");
        root.write("/proc/self/mountinfo", "31 22 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                                           "40 22 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
        root.quota_version1("/one", is_version1_tighter ? "200000" : "500000", "100000");
        root.write("/sys/fs/cgroup/unified/two/cpu.max", is_version1_tighter ? "500000 100000" : "200000 100000");
        const cpu_limits limits = read(root);
        EXPECT_EQ(limits.concurrency, 2U);
        EXPECT_EQ(has(limits.quota_file, "cfs_quota_us"), is_version1_tighter);
    }
}

TEST(cpu_limits, quota_and_cpuset_together_give_the_smaller) {
    fake_root root;
    root.unified("/a").quota("/a", "300000 100000").write("/sys/fs/cgroup/a/cpuset.cpus.effective", "2-3\n");
    const cpu_limits cpuset = read(root);
    EXPECT_EQ(cpuset.concurrency, 2U);
    EXPECT_EQ(cpuset.decided_by, deciding_limit::cpuset);
    EXPECT_EQ(to_cpu_list(cpuset.allowed), "2-3");
    EXPECT_TRUE(has(explain(cpuset),
                    "the cpuset in " + root.path() + "/sys/fs/cgroup/a/cpuset.cpus.effective allows 2 CPUs (2-3)"));

    root.quota("/a", "50000 100000");
    const cpu_limits quota = read(root);
    EXPECT_EQ(quota.concurrency, 1U);
    EXPECT_EQ(quota.decided_by, deciding_limit::quota);
    EXPECT_EQ(to_cpu_list(quota.allowed), "2-3");
}

TEST(cpu_limits, a_cpuset_in_cgroup_v1_is_read) {
    fake_root root;
    root.version1("/a").write("/sys/fs/cgroup/cpuset/a/cpuset.cpus", "0-1,5\n");
    EXPECT_EQ(read(root).concurrency, 3U);
    root.write("/sys/fs/cgroup/cpuset/a/cpuset.effective_cpus", "5\n");
    EXPECT_EQ(to_cpu_list(read(root).allowed), "5");
}

TEST(cpu_limits, the_cpuset_of_an_ancestor_holds_where_the_cgroup_has_none) {
    fake_root root;
    root.unified("/a/b").write("/sys/fs/cgroup/a/cpuset.cpus.effective", "4-6\n");
    EXPECT_EQ(to_cpu_list(read(root).allowed), "4-6");
}

TEST(cpu_limits, cpuset_and_affinity_mask_are_intersected) {
    fake_root root;
    root.unified("/a").write("/sys/fs/cgroup/a/cpuset.cpus.effective", "3-6\n");
    const cpu_limits limits = read(root, 5);
    EXPECT_EQ(to_cpu_list(limits.allowed), "3-4");
    EXPECT_EQ(limits.concurrency, 2U);
    EXPECT_TRUE(has(explain(limits), "the affinity mask and the cpuset together allow 2 CPUs (3-4)"));
}

TEST(cpu_limits, a_cpuset_without_a_common_cpu_is_ignored_with_a_note) {
    fake_root root;
    root.unified("/a").write("/sys/fs/cgroup/a/cpuset.cpus.effective", "12-15\n");
    const cpu_limits limits = read(root);
    EXPECT_EQ(limits.concurrency, 8U);
    EXPECT_TRUE(has(explain(limits), "no CPU in common with the other limits: ignored"));
}

TEST(cpu_limits, a_quota_above_the_cpus_does_not_decide) {
    fake_root root;
    root.unified("/a").quota("/a", "750000 100000");
    const cpu_limits limits = read(root);
    EXPECT_EQ(limits.concurrency, 8U);
    EXPECT_EQ(limits.decided_by, deciding_limit::affinity_mask);
}

TEST(cpu_limits, malformed_files_are_ignored_with_a_note) {
    for (const char* text : {"", "rubbish", "150000", "150000 ", "150000 abc", "150000 0", "0 100000", "-5 100000",
                             "150000 100000 7", "99999999999999999999 100000", "max100000"}) {
        fake_root root;
        root.unified("/a/b").quota("/a/b", text).quota("/a", "200000 100000");
        const cpu_limits limits = read(root);
        EXPECT_EQ(limits.concurrency, 2U) << text;
        ASSERT_EQ(count_notes(limits), 1U) << text;
        EXPECT_TRUE(has(limits.report, root.path() + "/sys/fs/cgroup/a/b/cpu.max is malformed")) << limits.report;
        EXPECT_TRUE(has(explain(limits), "note: ")) << text;
    }
}

TEST(cpu_limits, a_malformed_cpuset_is_ignored_with_a_note) {
    for (const char* text : {"", "a-b", "3-1", "0,", "0-", "0;1", "0-99999999"}) {
        fake_root root;
        root.unified("/a").write("/sys/fs/cgroup/a/cpuset.cpus.effective", text);
        const cpu_limits limits = read(root);
        EXPECT_EQ(limits.concurrency, 8U) << text;
        EXPECT_EQ(count_notes(limits), 1U) << text;
    }
}

TEST(cpu_limits, a_missing_period_in_cgroup_v1_is_noted) {
    fake_root root;
    root.version1("/a").write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "150000\n");
    EXPECT_EQ(read(root).concurrency, 8U);
    EXPECT_EQ(count_notes(read(root)), 1U);
}

TEST(cpu_limits, a_file_that_cannot_be_read_is_noted_with_the_reason) {
    fake_root root;
    root.unified("/a").write("/sys/fs/cgroup/a/cpu.max/is_a_directory", "");
    const cpu_limits limits = read(root);
    EXPECT_EQ(limits.concurrency, 8U);
    ASSERT_EQ(count_notes(limits), 1U);
    EXPECT_TRUE(has(limits.report, "note: cannot read " + root.path() + "/sys/fs/cgroup/a/cpu.max: Is a directory\n"));
}

TEST(cpu_limits, without_mountinfo_the_usual_places_are_tried) {
    fake_root unified;
    unified.write("/proc/self/cgroup", "0::/a/b\n").quota("/a", "200000 100000");
    EXPECT_EQ(read(unified).concurrency, 2U);
    fake_root version1;
    version1.write("/proc/self/cgroup", "4:cpu,cpuacct:/a/b\n");
    version1.write("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "200000\n");
    version1.write("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(read(version1).concurrency, 2U);
}

TEST(cpu_limits, a_container_that_sees_only_its_own_subtree_is_understood) {
    fake_root root;
    root.write("/proc/self/cgroup", "4:cpu,cpuacct:/docker/1f2e/inner\n");
    root.write("/proc/self/mountinfo",
               "31 22 0:27 /docker/1f2e /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n");
    root.quota_version1("", "200000", "100000").quota_version1("/inner", "-1", "100000");
    const cpu_limits limits = read(root);
    EXPECT_EQ(limits.concurrency, 2U);
    EXPECT_EQ(count_notes(limits), 0U);
}

TEST(cpu_limits, a_path_outside_of_the_mount_takes_the_limits_of_its_root_and_says_so) {
    for (const char* path : {"/../..", "/../sibling", "/..", "/../../x/../../y"}) {
        fake_root root;
        root.unified(path).quota("", "200000 100000");
        const cpu_limits limits = read(root);
        EXPECT_EQ(limits.concurrency, 2U) << path;
        ASSERT_EQ(count_notes(limits), 1U) << path;
        EXPECT_TRUE(has(limits.report, "is outside of what is mounted at")) << path;
    }
}

TEST(cpu_limits, without_any_affinity_mask_the_online_cpus_are_assumed) {
    const fake_root root;
    const cpu_limits limits = pel::detail::read_cpu_limits(root.path(), cpu_mask{});
    EXPECT_EQ(limits.concurrency, pel::detail::online_cpu_count());
    EXPECT_EQ(count_notes(limits), 1U);
}

TEST(cpu_limits, more_than_1024_cpus_are_counted) {
    fake_root root;
    root.unified("/a").write("/sys/fs/cgroup/a/cpuset.cpus.effective", "1000-4095\n");
    const cpu_limits limits = read(root, 4096);
    EXPECT_EQ(limits.concurrency, 3096U);
    EXPECT_TRUE(limits.allowed.contains(4095));
}

TEST(cpu_limits, the_real_limits_of_this_process_are_plausible) {
    const cpu_limits limits = pel::detail::read_cpu_limits();
    EXPECT_GE(limits.concurrency, 1U);
    EXPECT_LE(limits.concurrency, limits.affinity.count());
    EXPECT_TRUE(limits.allowed.is_subset_of(limits.affinity));
}

} // namespace cpu_limits_test
