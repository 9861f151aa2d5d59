// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pool's threads are bound to the nodes of a real kernel, calls stay on their node, and replayed loops find their pages.
#include <pel/memory/numa_vector.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_phases.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/thread_pool.hpp>

#include "numa_vm/guest.hpp"
#include "support/own_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace places_test {

using pel::numa_vector;
using pel::thread_pool;
using pel::thread_pool_options;

unsigned this_cpu() { return static_cast<unsigned>(::sched_getcpu()); }
unsigned this_node() { return this_cpu() / 2; }
std::string this_mask() { return pel::detail::to_cpu_list(pel::detail::read_thread_affinity()); }

/// Lets the other CPUs run meanwhile: the machine is emulated by one that has fewer.
void work_for_a_moment() { std::this_thread::sleep_for(std::chrono::microseconds(400)); }

/// Runs body() on `count` threads at the same time.
template <class Policy, class Body>
void on_each_thread(const Policy& policy, unsigned count, const Body& body) {
    std::atomic<unsigned> arrived{0};
    pel::parallel_for(policy.grain(1), 0U, count, [&](unsigned) {
        ++arrived;
        while (arrived < count) work_for_a_moment();
        body();
    });
}

std::multiset<std::string> masks_of(thread_pool& pool, unsigned threads) {
    std::multiset<std::string> masks;
    std::mutex guard;
    on_each_thread(pel::par.on(pool), threads, [&] {
        const std::lock_guard lock(guard);
        masks.insert(this_mask());
    });
    return masks;
}

TEST(places, threads_are_bound_to_nodes_two_on_each) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    thread_pool pool(8);
    std::multiset<std::string> masks = masks_of(pool, 8);
    EXPECT_EQ(masks.count("0-7"), 1U) << "the caller";
    for (const char* each : {"0-1", "2-3", "4-5", "6-7"}) EXPECT_LE(masks.count(each), 2U) << each;
    EXPECT_EQ(masks.size() - masks.count("0-7"), 7U);
    EXPECT_EQ(pool.tiers(), (std::vector<std::string>{"L3", "group", "remote 28"}));
}

TEST(places, small_pools_are_not_all_bound_to_the_same_node) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    thread_pool pool(3);
    EXPECT_EQ(masks_of(pool, 3), (std::multiset<std::string>{"0-7", "0-7", "0-7"}));
    thread_pool_options options;
    options.concurrency = 4;
    options.binding = pel::binding::core;
    thread_pool bound(std::move(options));
    for (const std::string& each : masks_of(bound, 4)) EXPECT_TRUE(each == "0-7" || each.size() == 1) << each;
}

TEST(places, processes_with_masks_stay_inside_theirs) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    pel::detail::cpu_mask half;
    for (unsigned cpu = 2; cpu < 6; ++cpu) half.insert(cpu);
    ASSERT_TRUE(pel::detail::set_thread_affinity(half));
    thread_pool_options options;
    options.topology = pel::topology::discover_again();
    thread_pool pool(std::move(options));
    EXPECT_EQ(pool.concurrency(), 4U);
    for (const std::string& each : masks_of(pool, 4))
        EXPECT_TRUE(each == "2-3" || each == "4-5" || each == "2-5") << each;
}

TEST(places, calls_stay_on_their_node) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    thread_pool pool(8);
    pel::parallel_for(pel::par.on(pool), 0, 100, [](int) {}); // the caller may be anywhere
    const std::string before = this_mask();
    for (unsigned node = 0; node < 4; ++node) {
        const auto there = pel::par.on(pool).on_node(node);
        std::atomic<unsigned> elsewhere{0};
        const auto look = [&] { elsewhere += this_node() != node; };
        on_each_thread(there, 2, look);
        pel::parallel_for(there, 0, 200, [&](int) {
            look();
            pel::parallel_for(0, 20, [&](int) { look(); });
            work_for_a_moment();
        });
        const int sum = pel::parallel_reduce(
            there, 0, 100, 0,
            [&](int i) {
                look();
                return i;
            },
            std::plus<>());
        EXPECT_EQ(sum, 4950);
        pel::parallel_phases(there, 50, 0, 100, [&](std::uint64_t, int) { look(); });
        EXPECT_EQ(elsewhere, 0U) << "node " << node;
        EXPECT_EQ(this_mask(), before);
    }
    EXPECT_THROW(pel::parallel_for(pel::par.on(pool).on_node(4), 0, 1, [](int) {}), std::invalid_argument);
}

constexpr std::size_t page = 4096 / sizeof(double);

/// Touches a page of `array` for each number below `pages`. Returns: how many of them were on the node of their thread.
template <class Loop>
std::size_t count_local(numa_vector<double>& array, const Loop& loop) {
    std::vector<unsigned> nodes(array.size() / page);
    loop(nodes.size(), [&](std::size_t i) {
        array[i * page] = static_cast<double>(i);
        nodes[i] = this_node();
        work_for_a_moment();
    });
    const std::vector<int> homes = pel_test::nodes_of_pages(std::span(array));
    std::size_t local = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) local += static_cast<int>(nodes[i]) == homes[i];
    return local;
}

TEST(places, a_replayed_loop_finds_its_pages_where_it_is) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    constexpr std::size_t pages = 4000;
    numa_vector<double> array(pages * page);
    pel::affinity where;
    const auto replayed = [&](std::size_t size, const auto& body) {
        pel::parallel_for(pel::par.replay(where), std::size_t{0}, size, body);
    };
    count_local(array, replayed);
    for (const std::size_t each : pel_test::count_by_node(array))
        EXPECT_NEAR(static_cast<double>(each), pages / 4, pages / 8);
    std::vector<std::size_t> local;
    for (int pass = 0; pass < 5; ++pass) {
        local.push_back(count_local(array, replayed));
        std::printf("replayed: %.1f %% of the pages are local\n", 100.0 * static_cast<double>(local.back()) / pages);
    }
    std::sort(local.begin(), local.end());
    EXPECT_GE(local[2], pages * 95 / 100) << "the usual pass: the emulator may be held up in one of them";
    const pel::pool_stats stats = pel::default_pool().stats();
    for (std::size_t tier = 0; tier < 3; ++tier)
        std::printf("tier %zu: %lu steals\n", tier, stats.stolen_by_tier[tier]);
}

} // namespace places_test
