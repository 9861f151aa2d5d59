// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// Work that another thread runs is computed with the caller's floating-point environment, and leaves the thread's alone.
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cfenv>
#include <thread>

namespace fp_environment_test {

using pel::par;

/// Rounds upward for a scope.
struct upward {
    upward() { std::fesetround(FE_UPWARD); }
    ~upward() { std::fesetround(FE_TONEAREST); }
};

TEST(fp_environment, of_the_caller_is_that_of_stolen_work) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const std::thread::id main = std::this_thread::get_id();
    std::atomic<int> elsewhere{0};
    std::atomic<int> wrong{0};
    const auto check = [&](int expected) {
        elsewhere += std::this_thread::get_id() != main ? 1 : 0;
        wrong += std::fegetround() != expected ? 1 : 0;
    };
    const auto spin = [] {
        for (volatile int i = 0; i < 20'000;) i = i + 1;
    };
    // Each kind of work, until another thread has had a part in it.
    const auto until_shared = [&](const auto& work) {
        while (elsewhere == 0) {
            work(FE_TONEAREST);
            const upward here;
            work(FE_UPWARD);
        }
        elsewhere = 0;
        EXPECT_EQ(wrong, 0);
    };
    until_shared([&](int expected) {
        pel::parallel_for(par.on(pool), 0, 64, [&](int) {
            spin();
            check(expected);
        });
    });
    until_shared([&](int expected) {
        pool.execute([&] {
            pel::parallel_invoke(spin, [&] {
                // Forks of stolen work, too.
                pel::parallel_for(0, 4, [&](int) {
                    spin();
                    check(expected);
                });
            });
        });
    });
    until_shared([&](int expected) {
        auto submitted = pool.submit([&] { check(expected); });
        pel_test::await([&] { return submitted.is_ready(); }); // wait() might run it here, every time
    });
    until_shared([&](int expected) {
        pel::task_group outside(pool);
        for (int i = 0; i < 4; ++i) outside.run([&] { check(expected); });
        (void)outside.wait();
        pool.execute([&] {
            pel::task_group inside;
            for (int i = 0; i < 4; ++i) {
                inside.run([&] {
                    spin();
                    check(expected);
                });
            }
            (void)inside.wait();
        });
    });
}

TEST(fp_environment, of_a_fork_is_not_that_of_what_its_thread_runs_meanwhile) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> may_steal{false}, is_stolen{false};
    std::atomic<int> blocked{0}, rounds{0};
    for (int thread = 0; thread < 2; ++thread) {
        pool.post([&] {
            ++blocked;
            while (!may_steal.load()) std::this_thread::yield();
        });
    }
    pel_test::await([&] { return blocked == 2; });
    auto nearest = pool.submit([&] {
        EXPECT_EQ(std::fegetround(), FE_TONEAREST);
        pel::parallel_invoke([] {}, [] { EXPECT_EQ(std::fegetround(), FE_TONEAREST); });
        may_steal = true;
        pel_test::await([&] { return is_stolen.load(); });
    });
    const upward here;
    pool.execute([&] {
        pel::parallel_invoke([&] { nearest.get(); }, // which the caller runs
                             [&] {
                                 rounds = std::fegetround();
                                 is_stolen = true;
                             });
        EXPECT_EQ(std::fegetround(), FE_UPWARD);
    });
    EXPECT_EQ(rounds, FE_UPWARD);
}

TEST(fp_environment, changed_by_a_task_is_changed_for_that_task_only) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    for (int round = 0; round < 50; ++round) {
        auto changed = pool.submit([] { std::fesetround(FE_DOWNWARD); });
        pel_test::await([&] { return changed.is_ready(); });
        auto next = pool.submit([] { return std::fegetround(); });
        pel_test::await([&] { return next.is_ready(); });
        ASSERT_EQ(next.get(), FE_TONEAREST);
    }
    EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

TEST(fp_environment, changed_by_a_task_is_that_of_its_loops) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> elsewhere{0}, wrong{0};
    const auto loop = [&](int expected) {
        const std::thread::id caller = std::this_thread::get_id();
        pel::parallel_for(0, 64, [&](int) {
            for (volatile int i = 0; i < 20'000;) i = i + 1;
            elsewhere += std::this_thread::get_id() != caller ? 1 : 0;
            wrong += std::fegetround() != expected ? 1 : 0;
        });
    };
    const auto changing = [&] {
        loop(FE_TONEAREST);
        {
            const upward here;
            loop(FE_UPWARD);
        }
        loop(FE_TONEAREST);
    };
    while (elsewhere < 100) pool.execute(changing);
    elsewhere = 0;
    while (elsewhere < 100) { // also where something lies below
        pool.execute([&] {
            pel::parallel_invoke([&] { changing(); }, [&] { wrong += std::fegetround() != FE_TONEAREST ? 1 : 0; });
        });
    }
    EXPECT_EQ(wrong, 0);
}

} // namespace fp_environment_test
