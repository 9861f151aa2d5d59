// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/platform/cpu_mask.hpp>

#include <gtest/gtest.h>

#include <string_view>

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

TEST(cpu_mask, is_written_and_read_as_the_kernel_does) {
    for (const std::string_view list : {"", "0", "0-3", "0-3,8", "1,3,5-7,1024-2047", "63-64"}) {
        cpu_mask mask;
        ASSERT_TRUE(pel::detail::try_parse_cpu_list(list, mask)) << list;
        EXPECT_EQ(to_cpu_list(mask), list);
    }
}

TEST(cpu_mask, what_is_not_a_list_is_refused) {
    for (const std::string_view list :
         {"x", "-1", "1-", "1,", ",1", "3-1", "1 2", "0-18446744073709551616", "1048576"}) {
        cpu_mask mask;
        EXPECT_FALSE(pel::detail::try_parse_cpu_list(list, mask)) << list;
    }
}

TEST(cpu_mask, numbers_up_to_64_bits_are_taken_off_the_front) {
    std::string_view text = "18446744073709551615 rest";
    unsigned long long number = 0;
    EXPECT_TRUE(pel::detail::try_take_number(text, number));
    EXPECT_EQ(number, ~0ULL);
    EXPECT_EQ(text, " rest");
    text = "18446744073709551616";
    EXPECT_FALSE(pel::detail::try_take_number(text, number));
    EXPECT_EQ(text, "18446744073709551616");
}

} // namespace cpu_mask_test
