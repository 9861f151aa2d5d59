// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// Arrivals that are counted where the threads are: the barrier's word gets as many as were said before, the last of them
// with the last arrival, and no earlier.
#include <pel/detail/core/block.hpp>
#include <pel/detail/sync/barrier_core.hpp>
#include <pel/detail/topology/combining_map.hpp>

#include "support/described_machine.hpp"
#include "support/scale.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#ifndef PEL_NO_HWLOC

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace combining_tree_test {

using pel::detail::barrier_core;
using pel::detail::combining_map;
using pel::detail::combining_tree;

/// What a thread that takes part does in one phase.
struct arrival {
    unsigned leaf;
    std::uint32_t by;
    bool comes_again;
};

/// Returns: how many arrivals came to the word; it has to be as many as expected, with the last of `all` and not before.
std::uint32_t run_phase(combining_tree& tree, std::uint32_t expected_at_the_word, const std::vector<arrival>& all) {
    std::uint32_t at_the_word = 0;
    for (const arrival& each : all) {
        EXPECT_LT(at_the_word, expected_at_the_word);
        at_the_word += tree.arrive(each.by, each.leaf, each.comes_again);
    }
    EXPECT_EQ(at_the_word, expected_at_the_word);
    return at_the_word;
}

TEST(combining_tree, from_the_second_phase_on_only_what_is_outermost_comes_to_the_word) {
    const combining_map map(pel_test::synthetic_machine("pack:2 numa:4 l3:2 core:4 pu:2"));
    combining_tree tree(map, 128);
    std::vector<arrival> all;
    for (unsigned cpu = 0; cpu < 128; ++cpu) all.push_back({map.leaf_of(cpu), 1, true});
    EXPECT_EQ(run_phase(tree, tree.begin_phase(), all), 1U); // all were expected at one leaf
    for (int phase = 0; phase < 3; ++phase) {
        EXPECT_EQ(run_phase(tree, tree.begin_phase(), all), 2U);
        std::reverse(all.begin(), all.end());
    }
    for (arrival& each : all) each.leaf = 3; // all move to one place: one more phase, and it is known
    EXPECT_EQ(run_phase(tree, tree.begin_phase(), all), 2U);
    EXPECT_EQ(run_phase(tree, tree.begin_phase(), all), 1U);
}

TEST(combining_tree, counts_threads_that_move_come_for_several_and_drop_out) {
    std::mt19937 random(1);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    const combining_map maps[] = {combining_map(pel_test::synthetic_machine("numa:2 pu:4")),
                                  combining_map(pel_test::synthetic_machine("pack:2 l3:8 pu:8")),
                                  combining_map(pel_test::synthetic_machine("pack:2 die:4 l3:4 l2:4 pu:4"))};
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        const combining_map& map = maps[below(3)];
        std::uint32_t expected = 1 + below(200);
        combining_tree tree(map, expected);
        std::vector<unsigned> homes(expected);
        for (unsigned& each : homes) each = below(map.leaves());
        for (int phase = 0; phase < 6 && expected != 0; ++phase) {
            std::vector<arrival> all;
            std::uint32_t dropped = 0;
            for (std::uint32_t left = expected; left != 0;) {
                const std::uint32_t by = below(10) == 0 ? 1 + below(left) : 1;
                const bool drops = by == 1 && below(30) == 0;
                dropped += drops;
                const bool moves = below(10) == 0;
                all.push_back({moves ? below(map.leaves()) : homes[left - 1], by, !drops});
                left -= by;
            }
            std::shuffle(all.begin(), all.end(), random);
            const std::uint32_t at_the_word = tree.begin_phase();
            ASSERT_LE(at_the_word, expected);
            ASSERT_NE(at_the_word, 0U);
            run_phase(tree, at_the_word, all);
            ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round << ", phase " << phase;
            expected -= dropped;
        }
    }
}

/// Arrives at a leaf of a described machine.
struct described_place {
    const combining_map& map;
    unsigned cpu;

    combining_tree* make_tree(std::int64_t expected) const { return new combining_tree(map, expected); }
    unsigned leaf() const { return map.leaf_of(cpu); }
};

TEST(combining_tree, threads_meet_at_a_barrier_that_has_one_wherever_they_are) {
    const pel_test::watchdog guard;
    const combining_map map(pel_test::synthetic_machine("pack:2 l3:4 pu:4"));
    constexpr unsigned members = 7;
    const auto rounds = static_cast<unsigned>(pel_test::scaled(1'000));
    barrier_core barrier(members + 1);
    std::vector<unsigned long> written(members, 0); // a race here is TSan's to find
    unsigned long completions = 0, last_sum = 0;
    auto complete = [&] {
        ++completions;
        last_sum = 0;
        for (const unsigned long each : written) last_sum += each;
    };
    const auto arrive_and_wait = [&](const described_place& where) {
        const std::uint32_t phase = barrier.arrive(1, complete, where);
        if (!barrier.is_over(phase)) pel::detail::pass(barrier, phase);
    };
    std::vector<std::jthread> threads;
    for (unsigned self = 0; self < members; ++self) {
        threads.emplace_back([&, self] {
            for (unsigned round = 1; round <= rounds; ++round) {
                written[self] = round;
                // some move all the time
                const described_place here{map, self < 4 ? self * 5 : (self * 5 + round * 7) % 32};
                arrive_and_wait(here);
                EXPECT_EQ(last_sum, members * round);
                EXPECT_GE(completions, round);
                arrive_and_wait(described_place{map, 31 - here.cpu});
            }
        });
    }
    for (unsigned round = 1; round <= rounds / 2; ++round) { // and one that drops out in the middle
        for (int half = 0; half < 2; ++half) arrive_and_wait(described_place{map, 30});
    }
    barrier.arrive_and_drop(complete, described_place{map, 2});
    threads.clear();
    EXPECT_EQ(completions, 2 * rounds);
    EXPECT_EQ(last_sum, members * static_cast<unsigned long>(rounds));
}

} // namespace combining_tree_test

#endif
