// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/recordless_wait.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace recordless_wait_test {

/// How often the calling thread has slept.
long sleeps() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

TEST(recordless_wait, sleeps_between_looks_when_it_takes_long) {
    constexpr int looks = 150;
    int looked = 0;
    const long before = sleeps();
    pel::detail::wait_without_record([&] { return looked == looks; },
                                     [&] {
                                         ++looked;
                                         return false;
                                     });
    EXPECT_GE(sleeps() - before, looks - 100);
}

TEST(recordless_wait, who_helps_looks_again_at_once) {
    int helped = 0;
    const long before = sleeps();
    pel::detail::wait_without_record([&] { return helped == 1000; }, [&] { return ++helped; });
    EXPECT_EQ(helped, 1000);
    EXPECT_LT(sleeps() - before, 100);
}

} // namespace recordless_wait_test
