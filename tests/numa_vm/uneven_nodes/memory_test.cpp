// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A node with CPUs and no memory, and one with memory and no CPUs: where memory is, and where a pool's threads are.
#include <pel/memory/first_touch.hpp>
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_vector.hpp>
#include <pel/parallel_for.hpp>
#include <pel/thread_pool.hpp>
#include <pel/topology.hpp>

#include "numa_vm/guest.hpp"
#include "numa_vm/masks.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace uneven_memory_test {

using pel::numa_node;
using pel::numa_vector;
using pel::topology;
using pel_test::expect_all_on;

constexpr std::size_t size = 1'000'000;

/// Returns: the node with this number of the kernel's.
numa_node find_node(unsigned os_index) {
    for (const pel::numa_node_info& node : topology::discover().numa_nodes()) {
        if (node.os_index() == os_index) return numa_node{node.logical_index()};
    }
    throw std::runtime_error("no node " + std::to_string(os_index) + " in\n" + topology::discover().explain());
}

TEST(uneven_memory, a_node_without_cpus_has_memory_to_be_bound_to) {
    const numa_node far = find_node(2);
    EXPECT_FALSE(topology::discover().numa_nodes()[far.index].is_home());
    numa_vector<double> vector(size, 1.0, far);
    expect_all_on(vector, 2);
    EXPECT_TRUE(pel::node_of(vector.data()) == far);
}

TEST(uneven_memory, a_node_without_memory_is_an_error_that_says_so) {
    EXPECT_EQ(topology::discover().pus().size(), 4U);
    bool is_listed = false;
    for (const pel::numa_node_info& node : topology::discover().numa_nodes()) {
        if (node.os_index() != 1) continue;
        is_listed = true;
        try {
            numa_vector<double> vector(size, numa_node{node.logical_index()});
            FAIL() << "no exception";
        } catch (const std::invalid_argument& error) {
            EXPECT_NE(std::string(error.what()).find("(OS 1) has no memory that the process may use"),
                      std::string::npos)
                << error.what();
        }
    }
    EXPECT_TRUE(is_listed) << topology::discover().explain();
}

TEST(uneven_memory, threads_without_memory_of_their_own_get_the_nearest) {
    pel_test::run_on_cpu(2, [] {
        numa_vector<double> vector(size);
        pel::first_touch(pel::seq, vector);
        expect_all_on(vector, 0);
        EXPECT_TRUE(pel::node_of(&vector[0]) == find_node(0));
    });
}

TEST(uneven_memory, interleaved_is_on_all_nodes_that_have_memory) {
    numa_vector<double> vector(size, 1.0, pel::numa_interleave);
    const std::vector<std::size_t> pages = pel_test::count_by_node(vector);
    EXPECT_EQ(pages[1], 0U);
    EXPECT_GE(pages[0] + 1, pages[2]);
    EXPECT_GE(pages[2] + 1, pages[0]);
    EXPECT_GT(pages[0], 900U);
}

TEST(uneven_memory, a_pool_has_nobody_on_the_node_without_cpus_and_its_threads_memory_is_at_their_homes) {
    const auto cpus = topology::discover().pus();
    pel::thread_pool pool;
    ASSERT_EQ(pool.concurrency(), 4U);
    for (const pel::seat_place& each : pool.places()) {
        EXPECT_EQ(each.node, find_node(0).index);
        EXPECT_EQ(each.bound_to, pel::binding::none) << "all have one home";
        pel_test::run_on_cpu(cpus[each.pu].os_index(), [&] {
            numa_vector<double> vector(size / 10, 1.0);
            expect_all_on(vector, 0);
        });
    }
    EXPECT_EQ(pel_test::masks_of(pool, 4), (pel_test::mask_set{"0-3", "0-3", "0-3", "0-3"}));
    pel::thread_pool_options options;
    options.binding = pel::binding::numa_node;
    pel::thread_pool bound(std::move(options));
    for (const pel::seat_place& each : bound.places()) EXPECT_EQ(each.bound_to, pel::binding::numa_node);
    EXPECT_EQ(pel_test::masks_of(bound, 4), (pel_test::mask_set{"0-3", "0-3", "0-3", "0-3"}));
}

TEST(uneven_memory, calls_on_a_node_are_on_the_cpus_that_it_is_home_of_or_else_has) {
    pel::thread_pool pool;
    const auto expect_on = [&](unsigned os_index, unsigned threads, const std::string& cpus) {
        pel_test::on_each_thread(pel::par.on(pool).on_node(find_node(os_index)), threads,
                                 [&] { EXPECT_EQ(pel_test::this_mask(), cpus) << "node " << os_index; });
    };
    expect_on(0, 4, "0-3");
    expect_on(1, 2, "2-3");
    expect_on(2, 2, "0-1"); // by hwloc, which goes by the distance
    EXPECT_THROW(pel::parallel_for(pel::par.on(pool).on_node(3), 0, 1, [](int) {}), std::invalid_argument);
}

} // namespace uneven_memory_test
