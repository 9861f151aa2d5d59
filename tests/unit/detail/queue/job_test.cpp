// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/queue/job.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace job_test {

using pel::detail::completion;
using pel::detail::job_state;

TEST(completion, a_job_that_nobody_waits_for_needs_no_permit) {
    completion state;
    EXPECT_FALSE(state.is_done());
    EXPECT_FALSE(state.finish());
    EXPECT_TRUE(state.is_done());
    EXPECT_FALSE(state.try_mark_parked(job_state::unfinished)) << "there is news";
}

TEST(completion, the_thief_learns_that_the_forker_sleeps) {
    completion state;
    EXPECT_TRUE(state.try_mark_parked(job_state::unfinished));
    EXPECT_TRUE(state.is_parked());
    EXPECT_TRUE(state.finish());
    EXPECT_TRUE(state.is_done());
}

TEST(completion, a_job_given_back_is_news_and_can_be_waited_for_again) {
    completion state;
    EXPECT_TRUE(state.try_mark_parked(job_state::unfinished));
    EXPECT_TRUE(state.give_back());
    EXPECT_TRUE(state.is_settled());
    EXPECT_FALSE(state.try_mark_parked(job_state::unfinished));
    EXPECT_TRUE(state.try_mark_parked(job_state::returned));
    EXPECT_TRUE(state.finish());
}

TEST(completion, stress_effects_of_the_job_are_visible_to_the_forker) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(4'000); ++round) {
        completion state;
        int plain = 0;
        std::thread thief([&] {
            plain = 1;
            (void)state.finish();
        });
        if (round % 2 == 0) (void)state.try_mark_parked(job_state::unfinished);
        pel_test::await([&] { return state.is_done(); });
        EXPECT_EQ(plain, 1);
        thief.join();
    }
}

} // namespace job_test
