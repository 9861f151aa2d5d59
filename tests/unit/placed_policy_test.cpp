// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: policies
// par.on_node() and par.replay(): every item once, in order where that counts, whatever the machine. What they are for
// is tested on a real kernel with several nodes (tests/numa_vm).
#include <pel/parallel_for.hpp>
#include <pel/parallel_for_each.hpp>
#include <pel/parallel_phases.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/this_worker.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace placed_policy_test {

using pel::affinity;
using pel::par;
using pel::thread_pool;

class placed_policy_on : public pel_test::with_pool_shape {};
INSTANTIATE_TEST_SUITE_P(on, placed_policy_on,
                         testing::Values(pel_test::one_seat, pel_test::two_seats, pel_test::two_nodes,
                                         pel_test::two_threads),
                         pel_test::shape_name);

TEST_P(placed_policy_on, a_replayed_loop_visits_every_item_once_in_every_call) {
    thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    affinity where;
    for (std::size_t round = 0; round < pel_test::scaled(30); ++round) {
        for (const std::size_t n : {1U, 2U, 3U, 5U, 17U, 1000U, 40'000U}) {
            std::vector<std::uint8_t> hits(n);
            pel::parallel_for(par.on(pool).replay(where), std::size_t{0}, n, [&](std::size_t i) { ++hits[i]; });
            for (const std::uint8_t each : hits) ASSERT_EQ(each, 1) << n;
        }
    }
    pel_test::expect_balanced(pool);
}

/// x -> a x + b. One after the other is associative, and hardly ever commutative.
struct affine_function {
    std::uint64_t a = 1, b = 0;
    bool operator==(const affine_function&) const = default;
};
affine_function then(const affine_function& first, const affine_function& second) {
    return {first.a * second.a, first.b * second.a + second.b};
}

TEST_P(placed_policy_on, a_replayed_reduction_keeps_the_order) {
    thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    affinity where;
    const auto function = [](int i) {
        return affine_function{static_cast<unsigned>(2 * i + 3), static_cast<unsigned>(i)};
    };
    affine_function serial;
    for (int i = 0; i < 3000; ++i) serial = then(serial, function(i));
    for (std::size_t round = 0; round < pel_test::scaled(20); ++round) {
        const auto policy = par.on(pool).replay(where);
        ASSERT_EQ(pel::parallel_reduce(policy, 0, 3000, affine_function(), function, then), serial);
        ASSERT_EQ(pel::parallel_reduce(policy.deterministic().grain(7), 0, 3000, affine_function(), function, then),
                  serial);
    }
}

TEST_P(placed_policy_on, exceptions_and_stops_end_a_replayed_loop) {
    thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    affinity where;
    for (std::size_t round = 0; round < pel_test::scaled(20); ++round) {
        EXPECT_THROW(pel::parallel_for(par.on(pool).replay(where), 0, 10'000,
                                       [&](int i) {
                                           if (i == 7777) throw std::out_of_range("7777");
                                       }),
                     std::out_of_range);
        std::stop_source source;
        std::atomic<int> calls{0};
        EXPECT_THROW(pel::parallel_for(par.on(pool).replay(where).stop(source.get_token()), 0, 1'000'000,
                                       [&](int) {
                                           if (++calls == 500) source.request_stop();
                                       }),
                     pel::operation_cancelled);
        EXPECT_LT(calls, 1'000'000);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(placed_policy_on, replayed_loops_nest_and_may_share_an_affinity) {
    thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    affinity where;
    for (std::size_t round = 0; round < pel_test::scaled(10); ++round) {
        std::atomic<int> calls{0};
        pel::parallel_for(par.on(pool).replay(where), 0, 20,
                          [&](int) { pel::parallel_for(par.replay(where), 0, 50, [&](int) { ++calls; }); });
        ASSERT_EQ(calls, 1000);
    }
    pel_test::expect_balanced(pool);
}

TEST(placed_policy, the_same_threads_have_the_same_items_again) {
    thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    affinity where;
    std::vector<std::thread::id> first(2), again(2);
    const auto call = [&](std::vector<std::thread::id>& threads) {
        std::atomic<int> arrived{0};
        pel::parallel_for(par.on(pool).replay(where), 0, 2, [&](int i) {
            threads[static_cast<std::size_t>(i)] = std::this_thread::get_id();
            ++arrived;
            while (arrived < 2) std::this_thread::yield();
        });
    };
    call(first);
    EXPECT_NE(first[0], first[1]);
    for (int round = 0; round < 20; ++round) {
        call(again);
        if (pool.stats().threads_started > 1) GTEST_SKIP() << "another thread stands in for the first";
        ASSERT_EQ(again, first);
    }
}

/// Workers of one pool call another, which has fewer seats: theirs say nothing there.
TEST_P(placed_policy_on, a_loop_in_another_pool_may_be_replayed) {
    pel::thread_pool_options options;
    options.concurrency = 3;
    options.binding = pel::binding::core;
    thread_pool outer(options), pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    affinity where;
    std::atomic<int> items{0};
    for (int round = 0; round < 20; ++round) {
        outer.submit([&] { pel::parallel_for(par.on(pool).replay(where), 0, 100, [&](int) { ++items; }); }).get();
    }
    EXPECT_EQ(items, 2000);
}

TEST_P(placed_policy_on, calls_on_a_node_take_everything_that_others_do) {
    thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto nodes = static_cast<unsigned>(pool.machine().numa_nodes().size());
    affinity where;
    for (unsigned node = 0; node < nodes; ++node) {
        if (pool.machine().numa_nodes()[node].pus().empty()) continue;
        const auto there = par.on(pool).on_node(node);
        std::atomic<int> sum{0};
        const auto add = [&](int i) { sum += i; };
        pel::parallel_for(there, 0, 1000, add);
        pel::parallel_for(there.grain(10).max_concurrency(2), 0, 1000, add);
        pel::parallel_for(there.replay(where), 0, 1000, add);
        std::list<int> items(1000, 3);
        pel::parallel_for_each(there, items, add);
        pel::parallel_phases(there, 10, 0, 100, [&](std::uint64_t, int i) { add(i); });
        pel::parallel_for(there, 0, 10, [&](int) {
            pel::parallel_for(par.on_node(node), 0, 10, add); // from one of the node's threads
            pel::parallel_for(par.on(pool), 0, 10, add);      // and back
        });
        EXPECT_EQ(sum, 3 * 499'500 + 3000 + 10 * 4950 + 10 * 2 * 45);
        EXPECT_THROW(pel::parallel_for(there, 0, 100, [](int) { throw std::out_of_range("it"); }), std::out_of_range);
    }
    EXPECT_THROW(pel::parallel_for(par.on(pool).on_node(nodes), 0, 1, [](int) {}), std::invalid_argument);
    pel_test::expect_balanced(pool);
}

/// A task of a node's threads hands over to one of the whole pool, and so on.
void hop(pel::thread_pool& pool, pel::thread_pool& node, int hops, std::atomic<int>& ran) {
    ++ran;
    for (int turn = 0; turn < 200; ++turn) std::this_thread::yield(); // the pool would be gone by then
    if (hops != 0)
        node.post([&pool, &node, hops, &ran] {
            ++ran;
            pool.post([&pool, &node, hops, &ran] { hop(pool, node, hops - 1, ran); });
        });
}

TEST_P(placed_policy_on, a_pool_ends_after_what_its_nodes_have_handed_to_it) {
    std::atomic<int> ran{0};
    constexpr int hops = 20;
    {
        thread_pool pool(pel_test::options_of(GetParam()));
        const pel_test::watchdog guard;
        unsigned home = 0;
        while (!pool.machine().numa_nodes()[home].is_home()) ++home;
        thread_pool& node = pel::detail::pool_access::node_pool(pool, home);
        node.post([&] { hop(pool, node, hops, ran); });
    }
    EXPECT_EQ(ran, 1 + 2 * hops);
}

#ifndef PEL_NO_HWLOC
TEST(placed_policy, a_node_has_as_many_seats_as_its_pool_has_there) {
    thread_pool pool(pel_test::options_of(pel_test::two_nodes));
    const pel_test::watchdog guard(pool);
    std::atomic<int> arrived{0};
    pel::parallel_for(par.on(pool).on_node(1).grain(1), 0, 2, [&](int) {
        ++arrived;
        while (arrived < 2) std::this_thread::yield();
        EXPECT_NE(pel::this_worker::index(), pel::this_worker::no_index);
    });
    EXPECT_GE(pool.stats().stolen, 1U) << "statistics are of all threads";
    EXPECT_EQ(pool.stats().threads_started, 1U);
}

TEST(placed_policy, a_node_that_is_nobodys_home_is_the_place_of_its_cpus_if_it_has_any) {
    pel::thread_pool_options options;
    options.topology =
        pel::topology::from_xml(std::string(PEL_TEST_SOURCE_DIR) + "/unit/detail/topology/data/memory_kinds.xml");
    thread_pool pool(std::move(options));
    const pel_test::watchdog guard(pool);
    for (const unsigned node : {0U, 1U, 2U}) { // fast memory beside node 1's, and two CPUs without memory
        std::atomic<unsigned> arrived{0};
        pel::parallel_for(par.on(pool).on_node(node).grain(1), 0, 2, [&](int) {
            ++arrived;
            while (arrived < 2) std::this_thread::yield();
        });
        EXPECT_EQ(arrived, 2U);
    }
    EXPECT_THROW(pel::parallel_for(par.on(pool).on_node(3), 0, 1, [](int) {}), std::invalid_argument) << "memory only";
}
#endif

} // namespace placed_policy_test
