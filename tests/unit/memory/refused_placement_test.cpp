// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
// Containers that forbid mbind: what was to be placed is not, which is said once, and everything goes on. And that forbid
// sched_setaffinity: who cannot be bound has no part in what belongs to a node.
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_vector.hpp>
#include <pel/parallel_for.hpp>

#include "support/forbidden_call.hpp"
#include "support/own_process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <thread>

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

/// Of a node of fewer CPUs than the calling thread may use: it has to be bound to take part.
pel::topology topology_of_one_cpu() {
    const pel::detail::cpu_mask all = pel::detail::read_thread_affinity();
    unsigned cpu = 0;
    while (!all.contains(cpu)) ++cpu;
    pel::detail::cpu_mask first;
    first.insert(cpu);
    const pel::detail::temporary_binding bound(first);
    return pel::topology::discover_again();
}

TEST(refused_placement, who_cannot_be_bound_to_a_node_waits_for_those_who_are_there) {
    PEL_IN_OWN_PROCESS();
    if (pel::detail::read_thread_affinity().count() < 2) GTEST_SKIP() << "there is one CPU";
    pel::thread_pool_options options;
    options.concurrency = 2;
    options.topology = topology_of_one_cpu();
    options.binding = pel::binding::numa_node;
    pel::thread_pool pool(std::move(options));
    pel::affinity where;
    const auto there = pel::par.on(pool).on_node(0), again = pel::par.on(pool).replay(where);
    const auto caller = std::this_thread::get_id();
    std::atomic<int> calls{0}, by_caller{0};
    const auto body = [&](int) {
        ++calls;
        if (std::this_thread::get_id() == caller) ++by_caller;
    };
    for (const auto& policy : {there, again}) {
        by_caller = 0;
        pel::parallel_for(policy, 0, 100, body);
        EXPECT_GT(by_caller, 0) << "bound, it takes part";
    }
    by_caller = 0;
    if (!pel_test::forbid_call(SYS_sched_setaffinity, EPERM)) GTEST_SKIP() << "no system calls can be forbidden here";
    for (const auto& policy : {there, again}) {
        calls = 0;
        for (int round = 0; round < 20; ++round) pel::parallel_for(policy, 0, 100, body);
        EXPECT_EQ(calls, 2000);
        EXPECT_EQ(by_caller, 0);
        EXPECT_THROW(pel::parallel_for(policy, 0, 10, [](int) { throw std::out_of_range("it"); }), std::out_of_range);
        pool.execute([&] { pel::parallel_for(policy, 0, 100, body); });
        EXPECT_EQ(by_caller, 0) << "from inside the pool as well";
    }
}

} // namespace refused_placement_test
