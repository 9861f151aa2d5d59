// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/topology/cpu_list.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace cpu_list_test {

using pel::detail::cpu_mask;

TEST(cpu_list, is_written_and_read_as_the_kernel_does) {
    for (const std::string_view list : {"", "0", "0-3", "0-3,8", "1,3,5-7,1024-2047", "63-64"}) {
        cpu_mask mask;
        ASSERT_TRUE(pel::detail::try_parse_cpu_list(list, mask)) << list;
        EXPECT_EQ(to_cpu_list(mask), list);
    }
}

TEST(cpu_list, what_is_not_a_list_is_refused) {
    for (const std::string_view list :
         {"x", "-1", "1-", "1,", ",1", "3-1", "1 2", "0-18446744073709551616", "1048576"}) {
        cpu_mask mask;
        EXPECT_FALSE(pel::detail::try_parse_cpu_list(list, mask)) << list;
    }
}

TEST(cpu_list, is_described_for_people) {
    EXPECT_EQ(describe_cpus(cpu_mask::first(1)), "1 CPU (0)");
    EXPECT_EQ(describe_cpus(cpu_mask::first(3)), "3 CPUs (0-2)");
    EXPECT_EQ(describe_cpus(cpu_mask{}), "no CPUs");
}

} // namespace cpu_list_test
