// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/topology/text.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace text_test {

TEST(text, numbers_up_to_64_bits_are_taken_off_the_front) {
    std::string_view text = "18446744073709551615 rest";
    unsigned long long number = 0;
    EXPECT_TRUE(pel::detail::try_take_number(text, number));
    EXPECT_EQ(number, ~0ULL);
    EXPECT_EQ(text, " rest");
    text = "18446744073709551616";
    EXPECT_FALSE(pel::detail::try_take_number(text, number));
    EXPECT_EQ(text, "18446744073709551616");
}

TEST(text, fields_are_taken_off_up_to_the_separator) {
    std::string_view text = "a::b";
    EXPECT_EQ(pel::detail::take_field(text, ':'), "a");
    EXPECT_EQ(pel::detail::take_field(text, ':'), "");
    EXPECT_EQ(pel::detail::take_field(text, ':'), "b");
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(pel::detail::take_field(text, ':'), "");
}

TEST(text, counts_are_written_with_the_right_number) {
    EXPECT_EQ(pel::detail::count_of(0, "core"), "0 cores");
    EXPECT_EQ(pel::detail::count_of(1, "core"), "1 core");
    EXPECT_EQ(pel::detail::count_of(2, "core"), "2 cores");
    EXPECT_EQ(pel::detail::without_trailing_space(" a b \t\n"), " a b");
    EXPECT_EQ(pel::detail::without_trailing_space(" \n"), "");
}

} // namespace text_test
