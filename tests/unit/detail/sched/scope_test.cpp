// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/scope.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace scope_test {

using pel::detail::scope;

TEST(scope, a_cancellation_reaches_what_is_inside_and_nothing_else) {
    scope root(nullptr);
    scope middle(&root);
    scope sibling(&root);
    scope leaf(&middle);
    EXPECT_FALSE(leaf.is_cancelled());
    EXPECT_TRUE(middle.cancel());
    EXPECT_FALSE(middle.cancel()) << "it was before";
    EXPECT_TRUE(middle.is_cancelled());
    EXPECT_TRUE(leaf.is_cancelled());
    EXPECT_FALSE(root.is_cancelled());
    EXPECT_FALSE(sibling.is_cancelled());
}

TEST(scope, a_scope_opened_inside_a_cancelled_one_is_cancelled) {
    scope root(nullptr);
    root.cancel();
    scope inside(&root);
    scope deeper(&inside);
    EXPECT_TRUE(deeper.is_cancelled());
}

TEST(scope, a_reset_scope_is_as_new) {
    scope group(nullptr);
    group.cancel();
    group.reset();
    EXPECT_FALSE(group.is_cancelled());
    scope inside(&group);
    EXPECT_FALSE(inside.is_cancelled());
    group.cancel();
    EXPECT_TRUE(inside.is_cancelled()) << "also the second time";
}

TEST(scope, a_cancellation_by_another_thread_arrives) {
    const pel_test::watchdog guard;
    for (unsigned long round = 0; round < pel_test::scaled(2'000); ++round) {
        scope root(nullptr);
        scope leaf(&root);
        int plain = 0;
        std::thread other([&] {
            plain = 1;
            root.cancel();
        });
        pel_test::await([&] { return leaf.is_cancelled(); });
        other.join();
        EXPECT_EQ(plain, 1);
    }
}

} // namespace scope_test
