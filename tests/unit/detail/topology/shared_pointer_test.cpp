// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/topology/shared_pointer.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace shared_pointer_test {

struct watched : pel::detail::shared_object {
    explicit watched(int& destroyed) : destroyed_(destroyed) {}
    ~watched() { ++destroyed_; }
    int& destroyed_;
};

using pointer = pel::detail::shared_pointer<watched>;

TEST(shared_pointer, the_last_owner_destroys_once) {
    int destroyed = 0;
    int other_destroyed = 0;
    {
        pointer first(new watched(destroyed));
        pointer other(new watched(other_destroyed));
        {
            const pointer copy = first;
            EXPECT_EQ(&*copy, &*first);
        }
        EXPECT_EQ(destroyed, 0);
        const pointer& itself = first;
        first = itself;
        EXPECT_EQ(destroyed, 0);
        other = first;
        EXPECT_EQ(other_destroyed, 1);
        const pointer moved = std::move(first);
        EXPECT_EQ(&*moved, &*first); // NOLINT(bugprone-use-after-move): that is the test
    }
    EXPECT_EQ(destroyed, 1);
    EXPECT_EQ(other_destroyed, 1);
}

TEST(shared_pointer, copies_made_and_dropped_by_several_threads_add_up) {
    int destroyed = 0;
    {
        const pointer shared(new watched(destroyed));
        std::vector<std::jthread> team;
        for (int i = 0; i < 4; ++i) {
            team.emplace_back([copy = shared] {
                for (int round = 0; round < 10000; ++round) {
                    const pointer mine = copy;
                    ASSERT_NE(&*mine, nullptr);
                }
            });
        }
    }
    EXPECT_EQ(destroyed, 1);
}

} // namespace shared_pointer_test
