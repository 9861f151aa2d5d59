// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
// Containers that forbid mbind: what was to be placed is not, which is said once, and everything goes on.
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_vector.hpp>

#include "support/forbidden_call.hpp"
#include "support/own_process.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include <sys/syscall.h>

namespace refused_placement_test {

using pel::numa_interleave;
using pel::numa_node;
using pel::numa_vector;

class refused_placement : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(with, refused_placement, testing::Values(EPERM, ENOSYS));

TEST_P(refused_placement, is_said_once_and_carried_on_from) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone();
        if (result.output.find("[  SKIPPED ]") != std::string::npos) GTEST_SKIP() << result.output;
        EXPECT_EQ(result.status, 0) << result.output;
        const std::string line = "pel: memory cannot be placed on NUMA nodes (mbind: ";
        EXPECT_EQ(pel_test::count_of(result.output, line), 1U) << result.output;
        EXPECT_EQ(pel_test::count_of(result.output, std::string("pel: ")), 1U) << result.output;
        return;
    }
    if (!pel_test::forbid_call(SYS_mbind, GetParam())) GTEST_SKIP() << "no system calls can be forbidden here";
    for (int round = 0; round < 3; ++round) {
        numa_vector<int> bound(100'000, round, numa_node{0});
        numa_vector<int> small(10, round, numa_node{0});
        numa_vector<int> spread(100'000, round, numa_interleave);
        bound.insert(bound.end(), spread.begin(), spread.end());
        EXPECT_EQ(bound.back(), small.front());
    }
}

TEST(refused_placement, leaves_node_of_without_an_answer_where_move_pages_is_forbidden) {
    PEL_IN_OWN_PROCESS();
    if (!pel_test::forbid_call(SYS_move_pages, EPERM)) GTEST_SKIP() << "no system calls can be forbidden here";
    const int here = 0;
    EXPECT_FALSE(pel::node_of(&here).has_value());
}

TEST(refused_placement, is_said_of_all_nodes_where_the_system_does_not_tell_them) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone();
        if (result.output.find("[  SKIPPED ]") != std::string::npos) GTEST_SKIP() << result.output;
        EXPECT_EQ(result.status, 0) << result.output;
        EXPECT_EQ(pel_test::count_of(result.output, std::string("pel: ")), 1U) << result.output;
        return;
    }
    if (!pel_test::forbid_call(SYS_get_mempolicy, EPERM)) GTEST_SKIP() << "no system calls can be forbidden here";
    for (int round = 0; round < 3; ++round) {
        const numa_vector<int> spread(100'000, round, numa_interleave);
        EXPECT_EQ(spread.back(), round);
    }
}

} // namespace refused_placement_test
