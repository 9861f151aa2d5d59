// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The pools that promises about waiting are tested with: concurrency 1, 2, 3, a CPU quota of 1, and the seats of two nodes.
#pragma once

#include "support/described_machine.hpp"
#include "unit/detail/topology/fake_root.hpp"

#include <pel/detail/topology/cpu_limits_reader.hpp>
#include <pel/thread_pool.hpp>

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace pel_test {

struct pool_shape {
    const char* name;
    unsigned concurrency; // 0: as the topology says
    bool has_quota_of_one;
    bool has_no_spare_threads;     // max_threads is the concurrency
    const char* machine = nullptr; // described (described_topology); victims are then looked at near before far
};

inline void PrintTo(const pool_shape& shape, std::ostream* out) { *out << shape.name; }

inline pel::thread_pool_options options_of(const pool_shape& shape) {
    pel::thread_pool_options options;
    options.concurrency = shape.concurrency;
    if (shape.has_quota_of_one) {
        fake_root root;
        root.unified("/a").quota("/a", "100000 100000");
        const pel::detail::cpu_mask all = pel::detail::read_process_affinity();
        options.topology = pel::detail::topology_access::make(pel::detail::read_cpu_limits(root.path(), all));
    }
    if (shape.machine != nullptr) options.topology = described_topology(shape.machine);
    if (shape.has_no_spare_threads) options.max_threads = shape.concurrency;
    return options;
}

inline constexpr pool_shape one_seat{"concurrency_1", 1, false, false}, two_seats{"concurrency_2", 2, false, false},
    three_seats{"concurrency_3", 3, false, false}, quota_of_one{"quota_of_1", 0, true, false},
    two_threads{"two_threads", 2, false, true}, three_threads{"three_threads", 3, false, true},
    two_nodes{"two_nodes", 4, false, false, "numa:2 core:2 pu:1"};

/// Base of tests that run on each shape.
class with_pool_shape : public testing::TestWithParam<pool_shape> {};

inline std::string shape_name(const testing::TestParamInfo<pool_shape>& info) { return info.param.name; }

} // namespace pel_test

/// Instantiates a suite derived from with_pool_shape.
#define PEL_ON_ALL_SHAPES(suite)                                                                                       \
    INSTANTIATE_TEST_SUITE_P(                                                                                          \
        on, suite,                                                                                                     \
        testing::Values(pel_test::one_seat, pel_test::two_seats, pel_test::three_seats, pel_test::quota_of_one),       \
        pel_test::shape_name)
