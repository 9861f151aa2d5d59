// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// Where a lock goes on machines with several nodes, counted, never timed.
#include <pel/sync/numa_mutex.hpp>

#include "support/described_machine.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace numa_mutex_test {

using pel::detail::cohort_lock;
using pel::detail::node_map;

/// A wait that says when it is in a queue.
struct announced_wait {
    std::atomic<bool>& is_queued;

    bool keep_spinning() const {
        is_queued = true;
        std::this_thread::yield();
        return true;
    }
    std::int64_t before_sleep() const { return -1; }
};

/// Has threads come one after another, while the lock is held, and lets them have it. Returns: the order that they had it
/// in, as numbers of `nodes`.
std::vector<unsigned> queue_up(cohort_lock& lock, std::vector<cohort_lock::place>& places,
                               const std::vector<unsigned>& nodes) {
    std::vector<unsigned> order;
    std::vector<std::atomic<bool>> are_queued(nodes.size());
    std::vector<std::jthread> threads;
    EXPECT_TRUE(lock.try_lock());
    for (unsigned n = 0; n < nodes.size(); ++n) {
        threads.emplace_back([&, n] {
            announced_wait wait{are_queued[n]};
            lock.lock(places[nodes[n]], wait);
            order.push_back(n);
            lock.unlock();
        });
        pel_test::await([&] { return are_queued[n].load(); });
    }
    lock.unlock();
    threads.clear();
    return order;
}

TEST(cohort_lock, is_passed_on_within_a_node_so_often_and_then_to_the_next_that_waits) {
    const pel_test::watchdog guard;
    for (int round = 0; round < 5; ++round) {
        cohort_lock lock(2);
        std::vector<cohort_lock::place> places(2);
        const std::vector<unsigned> order = queue_up(lock, places, {0, 1, 0, 1, 0, 1, 0, 1, 0});
        ASSERT_EQ(order.size(), 9U);
        const std::vector<unsigned> beginning(order.begin(), order.begin() + 6);
        EXPECT_EQ(beginning, (std::vector<unsigned>{0, 2, 4, 1, 3, 5}));
        const auto place_of = [&](unsigned thread) { return std::find(order.begin(), order.end(), thread); };
        EXPECT_LT(place_of(6), place_of(8)) << "within a node, first come, first served";
    }
}

TEST(cohort_lock, with_a_bound_of_none_goes_to_whoever_came_first) {
    const pel_test::watchdog guard;
    cohort_lock lock(0);
    std::vector<cohort_lock::place> places(2);
    const std::vector<unsigned> order = queue_up(lock, places, {1, 0, 0, 0});
    EXPECT_EQ(order, (std::vector<unsigned>{0, 1, 2, 3}));
}

#ifndef PEL_NO_HWLOC
TEST(cohort_lock, crosses_between_the_nodes_of_a_machine_as_seldom_as_it_can) {
    const pel_test::watchdog guard;
    const node_map map(pel_test::synthetic_machine("numa:4 core:3 pu:1"));
    ASSERT_EQ(map.nodes(), 4U);
    std::vector<unsigned> nodes;
    for (unsigned cpu = 0; cpu < 12; ++cpu) nodes.push_back(map.node_of(cpu * 5 % 12)); // from here and there
    cohort_lock lock;
    std::vector<cohort_lock::place> places(map.nodes());
    const std::vector<unsigned> order = queue_up(lock, places, nodes);
    ASSERT_EQ(order.size(), 12U);
    unsigned within = 0, across = 0;
    for (unsigned n = 1; n < 12; ++n) ++(nodes[order[n]] == nodes[order[n - 1]] ? within : across);
    EXPECT_EQ(across, 3U);
    EXPECT_EQ(within, 8U);
}

TEST(node_map, knows_the_home_of_each_cpu) {
    const node_map two(pel_test::synthetic_machine("numa:2 core:2 pu:2"));
    EXPECT_EQ(two.nodes(), 2U);
    for (unsigned cpu = 0; cpu < 8; ++cpu) EXPECT_EQ(two.node_of(cpu), cpu / 4);
    EXPECT_EQ(two.node_of(1'000), 0U);
    EXPECT_LT(two.node(), 2U);
    const node_map one(pel_test::synthetic_machine("pack:2 core:2 pu:1"));
    EXPECT_EQ(one.nodes(), 1U);
    EXPECT_EQ(one.node(), 0U);
    const pel_test::watchdog guard;
    ASSERT_NE(node_map::of_process(), nullptr);
    EXPECT_GE(node_map::of_process()->nodes(), 1U);
    EXPECT_EQ(node_map::of_process(), node_map::of_process());
}

TEST(numa_mutex, stampede_on_a_described_machine_that_has_each_cpu_on_a_node_of_its_own) {
    const pel_test::watchdog guard;
    pel::numa_mutex mutex(pel::topology::from_synthetic("numa:64 pu:1"));
    constexpr unsigned threads = 6;
    const unsigned long rounds = pel_test::scaled(400);
    unsigned long plain = 0; // a race here is TSan's to find
    std::barrier start(threads);
    std::vector<std::jthread> all;
    for (unsigned t = 0; t < threads; ++t) {
        all.emplace_back([&] {
            start.arrive_and_wait();
            for (unsigned long round = 0; round < rounds; ++round) {
                const std::lock_guard hold(mutex);
                if (++plain % 64 == 0) std::this_thread::yield(); // others queue up
            }
        });
    }
    all.clear();
    EXPECT_EQ(plain, threads * rounds);
}
#endif

} // namespace numa_mutex_test
