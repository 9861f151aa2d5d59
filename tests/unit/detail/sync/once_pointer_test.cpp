// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pel/detail/sync/once_pointer.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace once_pointer_test {

struct counted {
    static inline std::atomic<int> built{0};
    static inline std::atomic<int> alive{0};
    int value = 42;
    counted() {
        ++built;
        ++alive;
    }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --alive; }
};

TEST(once_pointer, is_empty_until_somebody_builds) {
    pel::detail::once_pointer<counted> pointer;
    EXPECT_EQ(pointer.try_get(), nullptr);
    const counted& first = pointer.get_or_build([] { return new counted; });
    const counted& second = pointer.get_or_build([]() -> counted* { throw 1; });
    EXPECT_EQ(&first, &second);
    EXPECT_EQ(pointer.try_get(), &first);
    delete pointer.try_get();
}

TEST(once_pointer, all_racing_threads_get_one_object_and_the_others_are_dropped) {
    constexpr int threads = 4;
    for (int round = 0; round < 200; ++round) {
        pel::detail::once_pointer<counted> pointer;
        std::vector<const counted*> seen(threads);
        std::barrier start(threads);
        std::vector<std::jthread> team;
        for (int i = 0; i < threads; ++i) {
            team.emplace_back([&, i] {
                start.arrive_and_wait();
                seen[static_cast<std::size_t>(i)] = &pointer.get_or_build([] { return new counted; });
            });
        }
        team.clear();
        for (const counted* object : seen) {
            ASSERT_EQ(object, pointer.try_get());
            ASSERT_EQ(object->value, 42);
        }
        ASSERT_EQ(counted::alive, 1);
        delete pointer.try_get();
    }
}

} // namespace once_pointer_test
