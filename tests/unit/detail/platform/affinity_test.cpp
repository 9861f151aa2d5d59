// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/platform/affinity.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace affinity_test {

using pel::detail::cpu_mask;

TEST(affinity, the_buffer_grows_until_a_large_machine_fits) {
    std::size_t calls = 0;
    const cpu_mask mask = pel::detail::read_growing_mask([&](std::size_t bytes, unsigned long* words) {
        ++calls;
        if (bytes * 8 < 4096) {
            errno = EINVAL;
            return -1;
        }
        std::memset(words, 0xff, 4096 / 8);
        return 0;
    });
    EXPECT_EQ(calls, 3U);
    EXPECT_EQ(mask.count(), 4096U);
}

TEST(affinity, a_call_that_always_fails_gives_an_empty_mask) {
    for (const int error : {EINVAL, EPERM}) {
        const cpu_mask mask = pel::detail::read_growing_mask([&](std::size_t, unsigned long*) {
            errno = error;
            return -1;
        });
        EXPECT_TRUE(mask.is_empty());
    }
}

TEST(affinity, a_thread_that_binds_itself_leaves_the_process_mask_alone) {
    const cpu_mask before = pel::detail::read_process_affinity();
    ASSERT_FALSE(before.is_empty());
    unsigned last = 0;
    for (unsigned cpu = 0; cpu < before.end(); ++cpu) last = before.contains(cpu) ? cpu : last;
    cpu_mask one;
    one.insert(last);
    std::thread([&] {
        ASSERT_TRUE(pel::detail::set_thread_affinity(one));
        EXPECT_EQ(pel::detail::read_thread_affinity(), one);
        EXPECT_EQ(pel::detail::read_process_affinity(), before);
    }).join();
}

TEST(affinity, an_empty_mask_is_refused) {
    const cpu_mask before = pel::detail::read_thread_affinity();
    EXPECT_FALSE(pel::detail::set_thread_affinity(cpu_mask{}));
    EXPECT_EQ(pel::detail::read_thread_affinity(), before);
}

} // namespace affinity_test
