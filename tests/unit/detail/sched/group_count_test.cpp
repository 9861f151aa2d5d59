// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/group_count.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace group_count_test {

using pel::detail::group_count;
using registration = group_count::registration;

TEST(group_count, a_group_without_jobs_is_complete) {
    group_count count;
    EXPECT_TRUE(count.is_complete());
    EXPECT_EQ(count.try_register(5), registration::complete);
}

TEST(group_count, listed_jobs_are_counted_one_by_one) {
    group_count count;
    count.add(2);
    EXPECT_FALSE(count.is_complete());
    EXPECT_EQ(count.subtract(1), 0U);
    EXPECT_FALSE(count.is_complete());
    EXPECT_EQ(count.subtract(1), 0U) << "complete, and nobody to wake";
    EXPECT_TRUE(count.is_complete());
}

TEST(group_count, a_segment_returns_its_credit_less_the_stolen_jobs) {
    group_count count;
    count.add(group_count::segment_credit);
    EXPECT_EQ(count.subtract(1), 0U) << "a thief may finish before the segment is closed";
    EXPECT_EQ(count.subtract(group_count::segment_credit - 2), 0U);
    EXPECT_FALSE(count.is_complete()) << "one of two stolen jobs is still running";
    EXPECT_EQ(count.subtract(1), 0U);
    EXPECT_TRUE(count.is_complete());
}

TEST(group_count, the_last_one_learns_whom_to_wake) {
    group_count count;
    count.add(2);
    EXPECT_EQ(count.try_register(65535), registration::registered);
    EXPECT_EQ(count.try_register(65535), registration::registered) << "the same waiter again";
    EXPECT_EQ(count.try_register(1), registration::taken);
    EXPECT_EQ(count.subtract(1), 0U);
    EXPECT_EQ(count.subtract(1), 65535U);
    EXPECT_TRUE(count.is_complete());
    count.unregister();
    EXPECT_EQ(count.try_register(1), registration::complete);
    count.add(1);
    EXPECT_EQ(count.try_register(1), registration::registered) << "it can be used again";
}

TEST(group_count, stress_exactly_one_thread_completes_the_group) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        group_count count;
        constexpr int threads = 3;
        count.add(threads);
        EXPECT_EQ(count.try_register(9), registration::registered);
        std::vector<std::thread> all;
        std::vector<std::uint32_t> told(threads);
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&, t] {
                count.add(group_count::segment_credit);
                told[static_cast<std::size_t>(t)] += count.subtract(group_count::segment_credit);
                told[static_cast<std::size_t>(t)] += count.subtract(1);
            });
        }
        for (std::thread& thread : all) thread.join();
        EXPECT_EQ(told[0] + told[1] + told[2], 9U);
    }
}

} // namespace group_count_test
