// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/scope.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace scope_test {

using pel::detail::cancel_floor;

/// A scope that no fork is around.
struct scope : pel::detail::scope {
    explicit scope(pel::detail::scope* parent) : pel::detail::scope(parent, nullptr, 0, 0) {}
};

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

TEST(scope, what_was_found_cancelled_by_a_fork_stays_so_when_one_further_down_throws) {
    cancel_floor floor;
    pel::detail::scope group(nullptr, &floor, 1, 2); // of a job that begins at slot 1, in which a fork lies there
    floor.lower(1);
    EXPECT_TRUE(group.is_cancelled());
    floor.lower(0); // a fork that the job is not inside of
    EXPECT_TRUE(group.is_cancelled());
    const scope inside(&group);
    EXPECT_TRUE(inside.is_cancelled());
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

TEST(cancel_floor, cancels_what_lies_above_the_fork_that_threw) {
    cancel_floor floor;
    scope root(nullptr);
    const pel::detail::scope below(&root, &floor, 0, 3);
    const pel::detail::scope above(&root, &floor, 0, 4);
    scope inside(const_cast<pel::detail::scope*>(&above));
    EXPECT_FALSE(above.is_cancelled());
    floor.lower(3); // the fork in slot 3 threw
    EXPECT_TRUE(above.is_cancelled());
    EXPECT_TRUE(inside.is_cancelled());
    EXPECT_FALSE(below.is_cancelled()) << "opened in slot 3 or below it";
    EXPECT_FALSE(root.is_cancelled());
    floor.raise(3);
    const pel::detail::scope later(&root, &floor, 0, 4);
    EXPECT_FALSE(later.is_cancelled());
}

TEST(cancel_floor, forks_below_the_job_that_a_scope_belongs_to_do_not_count) {
    cancel_floor floor;
    const pel::detail::scope unrelated(nullptr, &floor, 5, 8);
    floor.lower(2);
    EXPECT_FALSE(unrelated.is_cancelled());
    floor.raise(2);
    floor.lower(5);
    EXPECT_TRUE(unrelated.is_cancelled());
}

TEST(cancel_floor, the_oldest_fork_that_threw_counts) {
    cancel_floor floor;
    floor.lower(4);
    floor.lower(2);
    floor.lower(6);
    EXPECT_TRUE(floor.is_within(0, 3));
    floor.raise(6);
    floor.raise(4);
    EXPECT_TRUE(floor.is_within(0, 3)) << "not joined yet";
    floor.raise(2);
    EXPECT_FALSE(floor.is_within(0, 100));
}

struct counting_listener final : pel::detail::cancellation_listener {
    void cancelled() noexcept override { ++calls; }
    void reset_after_fork() noexcept override {}
    int calls = 0;
};

TEST(scope, a_cancellation_tells_of_itself_where_somebody_inside_wants_to_know) {
    static_assert(sizeof(pel::detail::scope) == 40);
    counting_listener listener;
    auto* const before = pel::detail::listening.exchange(&listener, pel::detail::relaxed);
    scope root(nullptr);
    scope middle(&root);
    scope sibling(&root);
    scope leaf(&middle);
    middle.count_watch();
    leaf.cancel();
    sibling.cancel();
    EXPECT_EQ(listener.calls, 0) << "nobody who listens is inside";
    middle.cancel();
    EXPECT_EQ(listener.calls, 1);
    root.cancel();
    EXPECT_EQ(listener.calls, 2);
    middle.discount_watch();
    middle.cancel();
    root.cancel();
    EXPECT_EQ(listener.calls, 2) << "nobody listens any more";
    cancel_floor floor;
    floor.lower(1);
    EXPECT_EQ(listener.calls, 3) << "it is not known who is above a floor";
    pel::detail::listening.store(before, pel::detail::relaxed);
}

} // namespace scope_test
