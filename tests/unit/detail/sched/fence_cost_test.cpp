// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/sched/search.hpp>
#include <pel/thread_pool.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace fence_cost_test {

using pel::detail::believed_cost;

TEST(fence_cost, of_one_fence_that_was_interrupted_is_not_believed) {
    std::int64_t believed = 20'000;
    believed = believed_cost(believed, 4'000'000);
    EXPECT_LT(believed, 50'000);
    believed = believed_cost(believed, 5'000);
    EXPECT_EQ(believed, 5'000) << "a cheap one is, at once";
}

TEST(fence_cost, of_many_that_are_expensive_is_believed) {
    std::int64_t believed = 0;
    for (int fence = 0; fence < 12; ++fence) believed = believed_cost(believed, 1'000'000);
    EXPECT_EQ(believed, 1'000'000);
}

} // namespace fence_cost_test
