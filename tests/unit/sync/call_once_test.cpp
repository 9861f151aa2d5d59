// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
#include <pel/parallel_for.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/sync/call_once.hpp>
#include <pel/task_group.hpp>

#include "support/own_process.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace call_once_test {

static_assert(sizeof(pel::once_flag) == 4);
static_assert(!std::is_copy_constructible_v<pel::once_flag> && !std::is_move_constructible_v<pel::once_flag>);

constinit pel::once_flag flag_of_the_program; // needs no code to be made

TEST(call_once, makes_the_call_once_with_its_arguments) {
    pel::once_flag flag;
    int sum = 0;
    for (int round = 0; round < 3; ++round) {
        pel::call_once(
            flag, [&sum](const std::unique_ptr<int>& one, int& other) { sum += *one + ++other; },
            std::make_unique<int>(40), sum);
    }
    EXPECT_EQ(sum, 42); // ++other is sum's own: 1, and then 1 + 40 + 1
    struct object {
        int calls = 0;
        void call() { ++calls; }
    } one;
    pel::call_once(flag_of_the_program, &object::call, one);
    pel::call_once(flag_of_the_program, &object::call, &one);
    EXPECT_EQ(one.calls, 1);
}

TEST(call_once, stampede_all_threads_see_what_the_one_call_did) {
    const pel_test::watchdog guard;
    constexpr int threads = 4;
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        pel::once_flag flag;
        int made = 0; // a race here is TSan's to find
        std::atomic<int> wrong{0};
        std::barrier start(threads);
        std::vector<std::jthread> team;
        for (int t = 0; t < threads; ++t) {
            team.emplace_back([&] {
                start.arrive_and_wait();
                pel::call_once(flag, [&] { ++made; });
                if (made != 1) ++wrong;
            });
        }
        team.clear();
        ASSERT_EQ(wrong, 0);
    }
}

TEST(call_once, a_call_that_throws_lets_the_next_one_try) {
    pel::once_flag flag;
    int calls = 0;
    const auto call = [&] {
        if (++calls < 3) throw std::runtime_error("not yet");
    };
    EXPECT_THROW(pel::call_once(flag, call), std::runtime_error);
    EXPECT_THROW(pel::call_once(flag, call), std::runtime_error);
    EXPECT_NO_THROW(pel::call_once(flag, call));
    EXPECT_NO_THROW(pel::call_once(flag, call));
    EXPECT_EQ(calls, 3);
}

TEST(call_once, stampede_threads_that_wait_try_one_after_another_until_a_call_returns) {
    const pel_test::watchdog guard;
    constexpr int threads = 5, failures = 3;
    for (unsigned long round = 0; round < pel_test::scaled(20); ++round) {
        pel::once_flag flag;
        int calls = 0;
        std::atomic<int> thrown{0};
        std::barrier start(threads);
        std::vector<std::jthread> team;
        for (int t = 0; t < threads; ++t) {
            team.emplace_back([&] {
                start.arrive_and_wait();
                try {
                    pel::call_once(flag, [&] {
                        std::this_thread::yield(); // makes others sleep likely
                        if (++calls <= failures) throw 1;
                    });
                } catch (int) {
                    ++thrown;
                }
            });
        }
        team.clear();
        ASSERT_EQ(thrown, failures);
        ASSERT_EQ(calls, failures + 1);
    }
}

TEST(call_once, coming_back_from_inside_the_call_is_an_error_that_says_so) {
    pel::once_flag outer, inner;
    int calls = 0;
    const auto come_back = [&] { pel::call_once(inner, [&] { pel::call_once(outer, [] {}); }); };
    try {
        pel::call_once(outer, come_back);
        FAIL() << "it waited for itself";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::resource_deadlock_would_occur);
        EXPECT_NE(std::string(error.what()).find("call_once"), std::string::npos);
    }
    pel::call_once(inner, [&] { ++calls; });
    pel::call_once(outer, [&] { ++calls; });
    EXPECT_EQ(calls, 2) << "both calls had failed";
}

class call_once_on : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(call_once_on);

TEST_P(call_once_on, the_call_may_fork_and_wait_while_all_other_tasks_wait_for_it) {
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        pel::once_flag flag;
        long sum = 0;
        std::atomic<int> wrong{0};
        pel::task_group group(pool);
        for (int task = 0; task < 12; ++task) {
            group.run([&] {
                pel::call_once(flag, [&] {
                    sum = pel::parallel_reduce(
                        0, 200, 0L, [](int i) { return long{i}; }, [](long a, long b) { return a + b; });
                    pel::task_group inside;
                    for (int i = 0; i < 4; ++i) inside.run([] {});
                    ASSERT_EQ(inside.wait(), pel::group_status::completed);
                });
                if (sum != 19'900) ++wrong;
            });
        }
        ASSERT_EQ(group.wait(), pel::group_status::completed);
        ASSERT_EQ(wrong, 0);
    }
    pel_test::expect_balanced(pool);
}

TEST_P(call_once_on, who_waits_frees_the_seat_that_the_call_waits_for) {
    for (unsigned long round = 0; round < pel_test::scaled(40); ++round) {
        pel::once_flag flag;
        std::atomic<bool> is_there{false};
        pel::task_group group(pool);
        for (unsigned task = 0; task < pool.concurrency() + 1; ++task) {
            group.run([&] {
                pel::call_once(flag, [&] { pel::blocking([&] { pel_test::await([&] { return is_there.load(); }); }); });
            });
        }
        group.run([&] { is_there = true; }); // needs a seat, and all have been taken by who waits
        ASSERT_EQ(group.wait(), pel::group_status::completed);
    }
    pel_test::expect_balanced(pool);
}

TEST(call_once, a_fork_child_makes_the_call_that_was_under_way_in_its_parent) {
    const pel_test::watchdog guard;
    pel::once_flag flag;
    std::atomic<bool> is_inside{false}, may_go_on{false};
    std::thread caller([&] {
        pel::call_once(flag, [&] {
            is_inside = true;
            pel_test::await([&] { return may_go_on.load(); });
        });
    });
    pel_test::await([&] { return is_inside.load(); });
    EXPECT_EQ(pel_test::fork_and_run([&] {
                  int calls = 0;
                  pel::call_once(flag, [&] { ++calls; });
                  pel::call_once(flag, [&] { ++calls; });
                  return calls == 1;
              }),
              0);
    may_go_on = true;
    caller.join();
    pel::call_once(flag, [] { FAIL() << "it has been made"; });
}

TEST(call_once, a_call_that_forks_is_made_in_the_child_too_when_it_returns_there) {
    const pel_test::watchdog guard;
    pel::once_flag flag;
    int calls = 0;
    pid_t child = -1;
    pel::call_once(flag, [&] {
        ++calls;
        child = ::fork();
    });
    bool is_made = calls == 1;
    pel::call_once(flag, [&] { is_made = false; });
    if (child == 0) std::_Exit(is_made ? 0 : 1);
    ASSERT_GT(child, 0);
    EXPECT_TRUE(is_made);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

} // namespace call_once_test
