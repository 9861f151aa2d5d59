// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A barrier of as many threads as the machine has CPUs: they come together at nodes that are near each other, and then all.
#include <pel/sync/barrier.hpp>

#include "numa_vm/guest.hpp"
#include "support/own_process.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace barrier_test {

using pel::detail::combining_map;
using pel::detail::places_to_meet;

constexpr unsigned cpus = 8;

TEST(barrier, there_is_a_place_for_each_pair_of_near_nodes) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    ASSERT_NE(combining_map::of_process(), nullptr);
    ASSERT_EQ(combining_map::of_process()->leaves(), 3U) << "and one for other CPUs";
    std::vector<unsigned> leaves;
    std::thread([&] {
        for (unsigned cpu = 0; cpu < cpus; ++cpu) {
            pel_test::bind_to_cpu(cpu);
            leaves.push_back(places_to_meet::leaf());
        }
    }).join();
    const unsigned near = leaves.front(), far = leaves.back();
    EXPECT_NE(near, far);
    EXPECT_EQ(leaves, (std::vector<unsigned>{near, near, near, near, far, far, far, far}));
    EXPECT_EQ(places_to_meet::make_tree(5), nullptr) << "too few";
    pel::detail::combining_tree* const tree = places_to_meet::make_tree(cpus);
    EXPECT_NE(tree, nullptr);
    delete tree;
}

/// Bound to their CPUs, or moving from one to the next.
void meet(bool moves) {
    constexpr unsigned rounds = 200;
    unsigned phases = 0;
    std::vector<unsigned> written(cpus); // plain: read after a phase
    unsigned wrong = 0;
    const auto completes = [&]() noexcept {
        ++phases;
        for (const unsigned each : written) wrong += each != phases;
    };
    pel::barrier meeting(cpus, completes);
    std::vector<std::thread> threads;
    for (unsigned self = 0; self < cpus; ++self) {
        threads.emplace_back([&, self] {
            pel_test::bind_to_cpu(self);
            for (unsigned round = 1; round <= rounds; ++round) {
                if (moves && round % 8 == 0) pel_test::bind_to_cpu((self + round / 8) % cpus);
                written[self] = round;
                meeting.arrive_and_wait();
            }
            meeting.arrive_and_drop();
        });
    }
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(wrong, cpus) << "in the last phase nobody wrote";
    EXPECT_EQ(phases, rounds + 1);
}

TEST(barrier, all_meet_where_they_are_bound) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    meet(false);
}

TEST(barrier, and_while_they_move) {
    PEL_IN_OWN_PROCESS();
    pel_test::bind_to_no_cpu();
    meet(true);
}

} // namespace barrier_test
