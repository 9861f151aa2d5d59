// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/platform/cpu_mask.hpp>

#include <gtest/gtest.h>

namespace cpu_mask_test {

using pel::detail::cpu_mask;

TEST(cpu_mask, holds_any_cpu_number) {
    cpu_mask mask;
    EXPECT_TRUE(mask.is_empty());
    for (const unsigned cpu : {0U, 63U, 64U, 1023U, 1024U, 5000U}) mask.insert(cpu);
    EXPECT_EQ(mask.count(), 6U);
    EXPECT_TRUE(mask.contains(5000));
    EXPECT_FALSE(mask.contains(4999));
    EXPECT_FALSE(mask.contains(1U << 30));
    EXPECT_GT(mask.end(), 5000U);
}

TEST(cpu_mask, comparison_and_intersection_do_not_depend_on_the_storage) {
    cpu_mask wide = cpu_mask::first(3);
    wide.insert(900);
    const cpu_mask narrow = cpu_mask::first(3);
    EXPECT_EQ(wide & narrow, narrow);
    EXPECT_EQ(narrow & wide, narrow);
    EXPECT_FALSE(wide == narrow);
    EXPECT_TRUE(narrow.is_subset_of(wide));
    EXPECT_FALSE(wide.is_subset_of(narrow));
    EXPECT_TRUE(cpu_mask{}.is_subset_of(narrow));
}

} // namespace cpu_mask_test
