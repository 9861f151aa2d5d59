// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/algorithm/shared_phases.hpp>

#include "support/even_cuts.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace shared_phases_test {

/// A member that never waits. What it runs is told to `body`, which may have others take part meanwhile.
struct member {
    std::uint32_t number;
    std::function<void(std::uint64_t phase)> body;
    std::vector<std::uint64_t> begins = {}; // of the blocks that it has run

    void run(std::uint64_t phase, std::uint64_t lo, std::uint64_t) {
        begins.push_back(lo);
        body(phase);
    }
    static bool must_stop() { return false; }
    static bool is_cancelled() { return false; }
    static void invite() {}
    std::uint32_t thread() const { return number; }
    static unsigned home() { return 0; }
    static int sit_at(unsigned) { return 0; }
    static auto short_look() {
        return [](unsigned) { return false; };
    }
    static auto long_look() { return short_look(); }
};

TEST(shared_phases, gives_who_comes_back_the_share_that_it_had) {
    pel::detail::shared_phases phases(0, 2, 30, pel_test::even_cuts{30, 3}, 1); // shares begin with 0, 10 and 20
    const auto nothing = [](std::uint64_t) {};
    member second{2, nothing}, third{3, nothing}, third_again{3, nothing}, second_again{2, nothing};
    std::uint64_t next = 0; // in the first block of each phase
    member first{1, [&](std::uint64_t phase) {
                     if (phase != next) return;
                     ++next;
                     phases.take_part(phase == 0 ? second : third_again); // takes all that is left, too
                     phases.take_part(phase == 0 ? third : second_again);
                 }};
    for (int members = 0; members < 3; ++members) phases.invite(first);
    phases.take_part(first);
    ASSERT_FALSE(first.begins.empty());
    EXPECT_EQ(first.begins.front(), 0U);
    ASSERT_FALSE(second.begins.empty());
    EXPECT_EQ(second.begins.front(), 10U);
    EXPECT_TRUE(third.begins.empty());
    ASSERT_FALSE(third_again.begins.empty());
    EXPECT_EQ(third_again.begins.front(), 20U);
    EXPECT_TRUE(second_again.begins.empty());
    EXPECT_TRUE(phases.is_complete());
}

} // namespace shared_phases_test
