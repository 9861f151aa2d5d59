// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pages are where numa_allocator, numa_vector and first_touch say.
#include <pel/memory/first_touch.hpp>
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_vector.hpp>
#include <pel/topology.hpp>

#include "numa_vm/guest.hpp"
#include "support/forbidden_call.hpp"
#include "support/own_process.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <list>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/syscall.h>

namespace memory_test {

using pel::numa_interleave;
using pel::numa_node;
using pel::numa_vector;
using pel_test::count_by_node;
using pel_test::expect_all_on;
using pel_test::run_on_cpu;

constexpr unsigned node_count = 4;
constexpr std::size_t size = 400'000; // some 800 pages of doubles

unsigned cpu_of(unsigned node) { return 2 * node; }
int os_index_of(unsigned node) { return static_cast<int>(pel::topology::discover().numa_nodes()[node].os_index()); }

TEST(memory, bound_pages_are_on_their_node_whoever_writes_them) {
    ASSERT_EQ(pel::topology::discover().numa_nodes().size(), node_count);
    for (unsigned node = 0; node < node_count; ++node) {
        numa_vector<double> vector(size, numa_node{node});
        EXPECT_FALSE(pel::node_of(vector.data()).has_value()) << "nobody has touched it";
        run_on_cpu(cpu_of((node + 1) % node_count), [&] { vector.assign(size, 1.0); });
        expect_all_on(vector, os_index_of(node));
        EXPECT_TRUE(pel::node_of(&vector[size / 2]) == numa_node{node});
    }
}

TEST(memory, stays_bound_however_small_it_is_and_however_it_grows) {
    pel_test::bind_to_cpu(cpu_of(0));
    for (unsigned node = 0; node < node_count; ++node) {
        numa_vector<double> vector(100, 1.0, numa_node{node});
        expect_all_on(vector, os_index_of(node));
        while (vector.size() < size) vector.push_back(2.0);
        expect_all_on(vector, os_index_of(node));
        vector.resize(10);
        vector.shrink_to_fit();
        expect_all_on(vector, os_index_of(node));
        std::list<int, pel::numa_allocator<int>> list({1, 2, 3}, numa_node{node});
        for (int& element : list) EXPECT_TRUE(pel::node_of(&element) == numa_node{node});
    }
}

TEST(memory, is_copied_alike_and_assigned_in_place) {
    numa_vector<double> source(size, 1.0, numa_node{1});
    numa_vector<double> copy(source);
    expect_all_on(copy, os_index_of(1));
    numa_vector<double> assigned(numa_node{2});
    assigned = source;
    expect_all_on(assigned, os_index_of(2));
    assigned = numa_vector<double>(size, 3.0, numa_node{3});
    expect_all_on(assigned, os_index_of(3));
}

TEST(memory, is_on_the_node_of_the_thread_that_first_writes_it) {
    numa_vector<double> vector(node_count * size / 4);
    const std::size_t part = vector.size() / node_count;
    for (unsigned node = 0; node < node_count; ++node) {
        run_on_cpu(cpu_of(node), [&] {
            for (std::size_t i = 0; i < part; ++i) vector[node * part + i] = 1;
        });
    }
    for (unsigned node = 0; node < node_count; ++node) {
        const std::size_t pages = pel_test::count_pages(std::span(vector).subspan(node * part, part));
        const std::size_t here = count_by_node(vector)[static_cast<std::size_t>(os_index_of(node))];
        EXPECT_LE(here, pages);
        EXPECT_GE(here + 1, pages) << "a page on the border may be the neighbour's";
    }
    run_on_cpu(cpu_of(0), [&] {
        for (double& element : vector) element = 2;
    });
    EXPECT_LE(count_by_node(vector)[static_cast<std::size_t>(os_index_of(0))], part * sizeof(double) / 4096 + 2)
        << "who writes later changes nothing";
}

TEST(memory, is_fresh_where_other_threads_have_freed_memory) {
    for (unsigned node = 0; node < node_count; ++node) {
        run_on_cpu(cpu_of(node), [&] {
            numa_vector<double> vector(size, 1.0);
            expect_all_on(vector, os_index_of(node));
        });
    }
}

TEST(memory, interleaved_is_on_all_nodes_alike) {
    pel_test::bind_to_cpu(cpu_of(3));
    numa_vector<double> vector(size, 1.0, numa_interleave);
    const std::size_t pages = pel_test::count_pages(std::span(vector));
    for (const std::size_t here : count_by_node(vector)) {
        EXPECT_GE(here, pages / node_count - 1);
        EXPECT_LE(here, pages / node_count + 1);
    }
}

TEST(memory, first_touch_brings_every_page_to_a_node_of_the_pool_and_leaves_it_there) {
    pel::thread_pool pool(8);
    numa_vector<double> vector(size);
    pel::first_touch(pel::par.on(pool), vector);
    std::size_t pages = 0;
    for (const std::size_t here : count_by_node(vector)) pages += here;
    EXPECT_EQ(pages, pel_test::count_pages(std::span(vector)));

    numa_vector<double> bound(size, numa_node{2});
    pel::first_touch(pel::par.on(pool), bound);
    expect_all_on(bound, os_index_of(2));
}

TEST(memory, first_touch_by_one_thread_brings_every_page_to_its_node) {
    for (unsigned node = 0; node < node_count; ++node) {
        run_on_cpu(cpu_of(node), [&] {
            numa_vector<double> vector(size);
            pel::first_touch(pel::seq, vector);
            expect_all_on(vector, os_index_of(node));
        });
    }
}

TEST(memory, is_not_to_be_had_from_a_node_that_is_not_there) {
    try {
        numa_vector<double> vector(size, numa_node{node_count});
        FAIL() << "no exception";
    } catch (const std::invalid_argument& error) {
        EXPECT_NE(std::string(error.what()).find("no NUMA node 4, of 4 nodes"), std::string::npos) << error.what();
    }
}

TEST(memory, is_where_it_is_first_written_if_the_system_refuses_to_bind) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone();
        EXPECT_EQ(result.status, 0) << result.output;
        const std::string line = "pel: memory cannot be placed on NUMA nodes (mbind: Operation not permitted)";
        EXPECT_EQ(pel_test::count_of(result.output, line), 1U) << result.output;
        return;
    }
    ASSERT_TRUE(pel_test::forbid_call(SYS_mbind, EPERM));
    pel_test::bind_to_cpu(cpu_of(3));
    for (unsigned node = 0; node < node_count; ++node) {
        numa_vector<double> vector(size, 1.0, numa_node{node});
        expect_all_on(vector, os_index_of(3));
    }
}

} // namespace memory_test
