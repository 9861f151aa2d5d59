// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// fork() after the pool has started: the child gets pools that start afresh, and never waits for the parent's threads.
// https://github.com/facebookresearch/faiss/issues/5206
#include <pel/coro/async_scope.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/graph/graph.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/latch.hpp>
#include <pel/task_group.hpp>

#include "support/own_process.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fork_test {

using pel::par;
using pel_test::fork_and_run;

/// Work of every kind; right or not.
bool work_is_right(pel::thread_pool& pool) {
    const long sum =
        pel::parallel_reduce(par.on(pool), 0, 100'000, 0L, [](int i) { return static_cast<long>(i); }, std::plus<>());
    int a = 0;
    int b = 0;
    pool.execute([&] { pel::parallel_invoke([&] { a = 1; }, [&] { b = 2; }); });
    std::atomic<int> runs{0};
    pel::task_group group(pool);
    for (int i = 0; i < 50; ++i) group.run([&] { ++runs; });
    const bool completed = group.wait() == pel::group_status::completed;
    const int got = pool.submit([] { return 5; }).get();
    std::atomic<bool> was_posted{false};
    pool.post([&] { was_posted = true; });
    while (!was_posted.load()) std::this_thread::yield(); // by a thread of the child
    return sum == 4'999'950'000 && a + b == 3 && completed && runs == 50 && got == 5;
}

TEST(fork, before_the_first_use_changes_nothing) {
    PEL_SKIP_WITHOUT_FORK();
    EXPECT_EQ(fork_and_run([] {
                  pel::thread_pool pool(2);
                  return work_is_right(pool);
              }),
              0);
}

TEST(fork, a_child_with_cpus_of_its_own_stays_there) {
    PEL_SKIP_WITHOUT_FORK();
    const pel::detail::cpu_mask all = pel::detail::read_thread_affinity();
    if (all.count() < 2) GTEST_SKIP() << "needs two CPUs";
    pel::thread_pool pool(2);
    ASSERT_TRUE(work_is_right(pool));
    EXPECT_EQ(fork_and_run([&] {
                  pel::detail::cpu_mask one;
                  for (unsigned cpu = 0; one.is_empty(); ++cpu) {
                      if (all.contains(cpu)) one.insert(cpu);
                  }
                  if (!pel::detail::set_thread_affinity(one)) return false;
                  const auto threads_stay = [&](pel::thread_pool& used) {
                      std::atomic<int> state{0}; // 1: there, 2: elsewhere
                      used.post([&] { state = pel::detail::read_thread_affinity() == one ? 1 : 2; });
                      while (state == 0) std::this_thread::yield();
                      return state == 1;
                  };
                  pel::thread_pool own(2);
                  return threads_stay(pool) && threads_stay(own);
              }),
              0);
}

class fork_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(fork_on);

TEST_P(fork_on, after_work_the_child_works) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    for (unsigned long round = 0; round < pel_test::scaled(25) + 4; ++round) {
        ASSERT_TRUE(work_is_right(pool));
        ASSERT_EQ(fork_and_run([&] { return work_is_right(pool) && work_is_right(pel::default_pool()); }), 0) << round;
    }
    EXPECT_TRUE(work_is_right(pool)) << "the parent is unaffected";
    const pel_test::watchdog guard(pool);
    pel_test::expect_balanced(pool);
}

TEST_P(fork_on, a_child_of_a_child_works) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    ASSERT_TRUE(work_is_right(pool));
    EXPECT_EQ(fork_and_run([&] {
                  return work_is_right(pool) && fork_and_run([&] { return work_is_right(pool); }) == 0 &&
                         work_is_right(pool);
              }),
              0);
}

TEST_P(fork_on, while_other_threads_are_mid_loop_the_child_works) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    std::atomic<bool> is_over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&] {
            while (!is_over.load()) {
                pel::parallel_for(par.on(pool), 0, 2'000, [](int) {
                    for (volatile int i = 0; i < 100;) i = i + 1;
                });
                pool.submit([] {}).get();
                pel::task_group group(pool);
                for (int i = 0; i < 20; ++i) group.run([] {});
                (void)group.wait();
            }
        });
    }
    for (unsigned long round = 0; round < pel_test::scaled(40) + 4; ++round) {
        ASSERT_EQ(fork_and_run([&] { return work_is_right(pool); }), 0) << round;
    }
    is_over = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(work_is_right(pool));
    const pel_test::watchdog guard(pool);
    pel_test::expect_balanced(pool);
}

TEST_P(fork_on, from_inside_a_loop_the_child_works_and_the_parent_ends_its_loop) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> children_right{0};
    std::atomic<int> bodies{0};
    pel::parallel_for(par.on(pool), 0, 100, [&](int i) {
        ++bodies;
        if (i % 10 == 0) children_right += fork_and_run([&] { return work_is_right(pool); }) == 0 ? 1 : 0;
    });
    EXPECT_EQ(children_right, 10);
    EXPECT_EQ(bodies, 100);
    pel_test::expect_balanced(pool);
}

TEST_P(fork_on, from_a_task_of_a_group_the_child_works) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    std::atomic<int> children_right{0};
    pel::task_group group(pool);
    for (int i = 0; i < 10; ++i) {
        group.run([&] { children_right += fork_and_run([&] { return work_is_right(pool); }) == 0 ? 1 : 0; });
    }
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(children_right, 10);
    EXPECT_EQ(pool.submit([&] { return fork_and_run([&] { return work_is_right(pool); }); }).get(), 0);
    pel_test::expect_balanced(pool);
}

/// In a child: whether f throws what says that the parent has the work. Never waits.
template <class F>
bool says_that_the_parent_has_it(F&& f) {
    try {
        f();
    } catch (const std::runtime_error& error) {
        return std::string(error.what()).find("parent process") != std::string::npos;
    }
    return false;
}

TEST(fork, a_child_that_joins_work_stolen_by_a_thread_of_the_parent_is_told) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> is_stolen{false};
    std::atomic<bool> may_end{false};
    int status = -1;
    pool.execute([&] {
        bool is_child = false;
        const bool was_told = says_that_the_parent_has_it([&] {
            pel::parallel_invoke(
                [&] {
                    pel_test::await([&] { return is_stolen.load(); });
                    const pid_t child = ::fork();
                    if (child == 0) {
                        is_child = true;
                        ::alarm(20);
                        return;
                    }
                    status = pel_test::await_process(child).status;
                    may_end = true;
                },
                [&] {
                    is_stolen = true;
                    pel_test::await([&] { return may_end.load(); });
                });
        });
        if (is_child) ::_exit(was_told ? 0 : 1);
    });
    EXPECT_EQ(status, 0);
}

TEST(fork, a_child_that_waits_for_a_group_of_the_parent_is_told) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> has_begun{false};
    std::atomic<bool> may_end{false};
    pel::task_group group(pool);
    group.run([&] {
        has_begun = true;
        pel_test::await([&] { return may_end.load(); });
    });
    pel_test::await([&] { return has_begun.load(); });
    const int status = fork_and_run([&] { return says_that_the_parent_has_it([&] { (void)group.wait(); }); });
    may_end = true;
    EXPECT_EQ(group.wait(), pel::group_status::completed);
    EXPECT_EQ(status, 0);
}

TEST(fork, a_child_may_destroy_a_scope_whose_coroutines_the_parent_runs) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> has_begun{false};
    std::atomic<bool> may_end{false};
    const auto runs = [](std::atomic<bool>& says, std::atomic<bool>& until) -> pel::task<> {
        says = true;
        pel_test::await([&] { return until.load(); });
        co_return;
    };
    std::optional<pel::async_scope> scope;
    scope.emplace(pool);
    scope->spawn(runs(has_begun, may_end));
    pel_test::await([&] { return has_begun.load(); });
    const int status = fork_and_run([&] {
        scope.reset();
        return work_is_right(pool);
    });
    may_end = true;
    const auto joins = [](pel::async_scope& all) -> pel::task<> { co_await all.join(); };
    pel::sync_wait(joins(*scope));
    EXPECT_EQ(status, 0);
}

TEST(fork, a_child_that_gets_a_future_that_the_parent_runs_is_told) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> has_begun{false};
    std::atomic<bool> may_end{false};
    auto result = pool.submit([&] {
        has_begun = true;
        pel_test::await([&] { return may_end.load(); });
        return 1;
    });
    pel_test::await([&] { return has_begun.load(); });
    const int status = fork_and_run([&] { return says_that_the_parent_has_it([&] { (void)result.get(); }); });
    may_end = true;
    EXPECT_EQ(result.get(), 1);
    EXPECT_EQ(status, 0);
}

TEST(fork, a_child_may_get_a_future_that_was_done_before) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    auto result = pool.submit([] { return 7; });
    result.wait();
    EXPECT_EQ(fork_and_run([&] { return result.get() == 7; }), 0);
    EXPECT_EQ(result.get(), 7);
}

TEST(fork, a_child_may_drop_the_run_of_a_graph_that_the_parent_runs) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> has_begun{false};
    std::atomic<bool> may_end{false};
    pel::graph graph;
    const auto node = graph.emplace([&] {
        has_begun = true;
        pel_test::await([&] { return may_end.load(); });
        return 1;
    });
    std::optional<pel::graph_run> run(graph.start(par.on(pool)));
    pel_test::await([&] { return has_begun.load(); });
    const int status = fork_and_run([&] {
        may_end = true; // of the child's runs
        const bool was_told = says_that_the_parent_has_it([&] { run->wait(); });
        *run = graph.start(par.on(pool)); // drops the parent's
        run->wait();
        const bool is_right = run->value(node) == 1;
        run.reset();
        graph.emplace([] {}); // nothing runs here any more
        graph.run(par.on(pool));
        return was_told && is_right;
    });
    may_end = true;
    run->wait();
    EXPECT_EQ(run->value(node), 1);
    EXPECT_EQ(status, 0);
}

TEST(fork, a_child_may_read_and_drop_the_run_of_a_graph_that_was_over_before) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    pel::graph graph;
    const auto node = graph.emplace([] { return 1; });
    std::optional<pel::graph_run> run(graph.start(par.on(pool)));
    run->wait();
    EXPECT_EQ(fork_and_run([&] {
                  const bool is_right = run->value(node) == 1;
                  run.reset();
                  graph.run(par.on(pool));
                  return is_right;
              }),
              0);
    EXPECT_EQ(run->value(node), 1);
}

TEST(fork, a_child_ends_like_any_process) {
    PEL_SKIP_WITHOUT_FORK();
    PEL_IN_OWN_PROCESS();
    pel::parallel_for(0, 100'000, [](int) {});
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(30);
        pel::parallel_for(0, 100'000, [](int) {});
        std::exit(testing::Test::HasFailure() ? 1 : 0); // static destructors run
    }
    EXPECT_EQ(pel_test::await_process(child).status, 0);
}

TEST(fork, a_pool_of_the_parent_can_be_destroyed_in_the_child) {
    PEL_SKIP_WITHOUT_FORK();
    auto pool = std::make_unique<pel::thread_pool>(2);
    ASSERT_TRUE(work_is_right(*pool));
    EXPECT_EQ(fork_and_run([&] {
                  pool.reset();
                  return true;
              }),
              0)
        << "unused";
    EXPECT_EQ(fork_and_run([&] {
                  const bool right = work_is_right(*pool);
                  pool.reset();
                  return right;
              }),
              0)
        << "used";
}

TEST(fork, by_a_task_that_a_wait_has_run_the_childs_wait_is_told) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<bool> may_end{false};
    std::atomic<bool> has_begun{false};
    std::atomic<int> status{-1};
    const pid_t parent = ::getpid();
    pel::task_group group(pool);
    group.run([&] { // keeps a thread of the pool, so that the group is not complete in the child
        has_begun = true;
        pel_test::await([&] { return may_end.load(); });
    });
    pel_test::await([&] { return has_begun.load(); });
    pel::task_group keeper(pool); // as many as it takes to leave the forking task to the waiter
    std::atomic<int> kept{0};
    keeper.run([&] {
        ++kept;
        pel_test::await([&] { return may_end.load(); });
    });
    pel_test::await([&] { return kept == 1; });
    group.run([&] {
        std::fflush(nullptr);
        const pid_t child = ::fork();
        if (child == 0) {
            ::alarm(20);
            return;
        }
        status = pel_test::await_process(child).status;
        may_end = true;
    });
    const bool was_told = says_that_the_parent_has_it([&] { (void)group.wait(); });
    if (::getpid() != parent) ::_exit(was_told ? 0 : 1);
    EXPECT_EQ(keeper.wait(), pel::group_status::completed);
    // Where a thread of the pool ran the task, the child had no wait to come back to, and has ended with that thread.
    EXPECT_EQ(status, 0);
}

TEST(fork, while_a_thread_makes_the_default_pool) {
    PEL_SKIP_WITHOUT_FORK();
    // Libc does not run handlers that are registered while others' run: TSan's take long, so PEL's are registered before.
    if (pel_test::has_tsan) const pel::thread_pool first_use(1);
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        const int status = fork_and_run([round] { // a process that has no default pool yet
            std::atomic<bool> begins{false};
            std::atomic<bool> may_end{false};
            std::thread first([&] {
                begins = true;
                (void)pel::default_pool();
                pel_test::await([&] { return may_end.load(); }); // a thread that has ended is a leak to TSan's child
            });
            while (!begins.load()) {
            }
            for (volatile unsigned long i = 0; i < round * 20;) i = i + 1;
            const int of_child = fork_and_run([] {
                std::atomic<int> bodies{0};
                pel::parallel_for(0, 100, [&](int) { ++bodies; });
                return bodies == 100;
            });
            may_end = true;
            first.join();
            return of_child == 0;
        });
        ASSERT_EQ(status, 0) << round;
    }
}

TEST(fork, waits_for_who_is_about_to_change_what_frame_pools_share) {
    const auto ends_after_fork = [](auto allocates) {
        std::atomic<bool> has_begun{false};
        std::atomic<bool> has_ended{false};
        pel::detail::frame_pool::hold_for_fork(); // as before a fork()
        std::thread thread([&] {
            has_begun = true;
            allocates();
            has_ended = true;
        });
        pel_test::await([&] { return has_begun.load(); });
        for (int turn = 0; turn < 2'000; ++turn) std::this_thread::yield(); // it would be over by then
        const bool has_waited = !has_ended;
        pel::detail::frame_pool::release_after_fork();
        thread.join();
        return has_waited;
    };
    EXPECT_TRUE(ends_after_fork([] { (void)pel::detail::frame_pool::allocate_anywhere(1024); }));
    EXPECT_TRUE(ends_after_fork([] { (void)std::make_unique<pel::detail::frame_pool>()->allocate(64); })) << "a chunk";
}

/// A thread enters and leaves all the time, so that it is often in the middle of that when the process forks.
template <class Core, class... Arguments>
void expect_a_child_destroys(Arguments... arguments) {
    std::optional<Core> core(std::in_place, arguments...);
    std::atomic<bool> is_over{false};
    std::thread waits([&] {
        while (!is_over) {
            pel::detail::thread_waiter self(0);
            (void)core->enter(self);
            (void)core->leave(self);
        }
    });
    bool is_right = true;
    for (unsigned long round = 0; round < pel_test::scaled(200) + 4 && is_right; ++round) {
        is_right = pel_test::fork_and_run([&] {
                       core.reset();
                       return true;
                   }) == 0;
    }
    EXPECT_TRUE(is_right);
    is_over = true;
    waits.join();
}

TEST(fork, while_a_thread_is_in_the_lock_of_a_latch_or_condition_the_child_destroys_it) {
    PEL_SKIP_WITHOUT_FORK();
    pel::detail::prepare_for_forks();
    expect_a_child_destroys<pel::detail::latch_core>(1);
    expect_a_child_destroys<pel::detail::condition_core>();
}

TEST(fork, a_child_may_continue_a_future_that_was_done_before) {
    PEL_SKIP_WITHOUT_FORK();
    pel::thread_pool pool(2);
    for (unsigned long round = 0; round < pel_test::scaled(200);
         ++round) { // the thread that ran it may not be back yet
        auto result = pool.submit([] { return 7; });
        pel_test::await([&] { return result.is_ready(); });
        ASSERT_EQ(fork_and_run([&] { return std::move(result).then([](int n) { return n + 1; }).get() == 8; }), 0);
    }
}

} // namespace fork_test
