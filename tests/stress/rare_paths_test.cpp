// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every rare path of the scheduler is taken at least once, and counted: each test repeats what leads there until the
// counter has moved, and fails if it never does (silent_counters.py shows that, for every counter).
// test label: serial
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

namespace rare_paths_test {

constexpr std::chrono::seconds attempt{pel_test::patience - std::chrono::seconds(10)};

#define PEL_SKIP_WITHOUT_MEMBARRIER()                                                                                  \
    if (pel_test::is_without_membarrier())                                                                             \
    GTEST_SKIP() << "without heavy fences nothing is private, so this cannot happen"

/// Repeats `provoke` until `counter` moves.
template <class Provoke>
void expect_counted(pel::thread_pool& pool, std::uint64_t pel::pool_stats::* counter, Provoke&& provoke) {
    const pel_test::watchdog guard(pool);
    unsigned long tries = 0;
    const bool happened = pel_test::await_for(attempt, [&] {
        provoke();
        ++tries;
        return pool.stats().*counter != 0;
    });
    EXPECT_TRUE(happened) << pel_test::describe(pool.stats());
    testing::Test::RecordProperty("tries", static_cast<int>(tries));
    pel_test::expect_balanced(pool);
}

pel::thread_pool_options pool_of(unsigned concurrency, unsigned max_threads = 0) {
    pel::thread_pool_options options;
    options.concurrency = concurrency;
    options.max_threads = max_threads;
    return options;
}

void spin(int turns) {
    for (volatile int i = 0; i < turns;) i = i + 1;
}

/// Gives up soon, because what is waited for may legally never happen.
template <class Condition>
bool soon(Condition&& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// As soon(), without giving the CPU away.
void spin_until(const std::atomic<bool>& flag) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    while (!flag.load() && std::chrono::steady_clock::now() < end) {
    }
}

/// `depth` forks pending, then a leaf that polls nothing until they have run elsewhere.
void forks_above_a_leaf(int depth, std::atomic<int>& runs, int wanted) {
    if (depth == 0) {
        soon([&] { return runs == wanted; });
        return;
    }
    pel::parallel_invoke([&] { forks_above_a_leaf(depth - 1, runs, wanted); }, [&] { ++runs; });
}

TEST(rare_paths, deep_steals_from_a_leaf_that_never_polls) {
    PEL_SKIP_WITHOUT_MEMBARRIER();
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::deep_steals, [&] {
        std::atomic<int> runs{0};
        pool.execute([&] { forks_above_a_leaf(8, runs, 8); });
    });
    EXPECT_GT(pool.stats().heavy_fences, 0U);
}

TEST(rare_paths, guardian_beats_while_a_leaf_never_polls) {
    PEL_SKIP_WITHOUT_MEMBARRIER();
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::guardian_beats, [&] {
        pool.post([] {}); // a thread of the pool exists, and goes to sleep
        pool.execute([&] { soon([&] { return pool.stats().guardian_beats != 0; }); });
    });
}

unsigned fib(unsigned n) {
    if (n < 2) {
        spin(20);
        return n;
    }
    unsigned a = 0;
    unsigned b = 0;
    pel::parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
}

TEST(rare_paths, leapfrogs_while_waiting_for_a_stolen_job) {
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::leapfrogs, [&] {
        std::atomic<bool> is_stolen{false};
        pool.execute([&] {
            pel::parallel_invoke([&] { soon([&] { return is_stolen.load(); }); },
                                 [&] {
                                     is_stolen = true;
                                     soon([&] {
                                         fib(12);
                                         return pool.stats().leapfrogs != 0;
                                     });
                                 });
        });
    });
}

/// The last piece of a stolen loop has nothing forked, but half of it can be cut off: a waiter asks for it, and not only
/// when it goes to sleep.
TEST(rare_paths, a_waiter_asks_a_loop_that_has_nothing_forked) {
    pel::thread_pool pool(pool_of(2, 1)); // nobody else is there to ask
    const pel_test::watchdog guard(pool);
    constexpr int n = 400'000, late = n - n / 5;
    const auto is_asked_by_who_is_awake = [&] {
        const pel::detail::worker& waiter = *pel::detail::current_worker;
        std::atomic<bool> is_late{false}, is_asked{false};
        const auto loop = [&] {
            if (pel::detail::current_worker == &waiter) return;
            pel::parallel_for(0, n, [&](int i) {
                if (i != late) return spin(1);
                is_late = true;
                is_asked = soon([] { return pel::detail::current_worker->deque.is_asked(); }) &&
                           !waiter.is_away.load(std::memory_order_relaxed);
            });
        };
        pel::parallel_invoke([&] { soon([&] { return is_late.load(); }); }, loop);
        return is_asked.load();
    };
    EXPECT_TRUE(pel_test::await_for(attempt, [&] { return pool.execute(is_asked_by_who_is_awake); }))
        << pel_test::describe(pool.stats());
}

/// The pool's only seat is taken, so who takes one more is in debt: a loop that is known to be short does not, until it
/// forks.
TEST(rare_paths, a_short_loop_from_outside_takes_a_seat_with_its_first_fork_only) {
    pel::thread_pool pool(pool_of(1));
    const pel_test::watchdog guard(pool);
    std::atomic<bool> is_held{false}, is_over{false};
    std::thread holder([&] {
        pool.execute([&] {
            is_held = true;
            while (!is_over) std::this_thread::yield();
        });
    });
    while (!is_held) std::this_thread::yield();
    int sum = 0;
    const auto debts_of_a_call = [&](bool forks) {
        const std::uint64_t before = pool.stats().debts;
        pel::parallel_for(pel::par.on(pool), 0, 2, [&](int i) {
            if (!forks || i != 0) return;
            pel::parallel_invoke([&] { ++sum; }, [&] { ++sum; });
        });
        return pool.stats().debts - before;
    };
    EXPECT_TRUE(pel_test::await_for(attempt, [&] { return debts_of_a_call(false) == 0; }));
    EXPECT_TRUE(pel_test::await_for(attempt, [&] {
        sum = 0;
        return debts_of_a_call(false) == 0 && debts_of_a_call(true) == 1;
    }));
    EXPECT_EQ(sum, 2);
    is_over = true;
    holder.join();
    pel_test::expect_balanced(pool);
}

#if defined(__x86_64__)
std::atomic<bool> is_interrupted{false};
std::atomic<bool> may_resume{false};
std::atomic<int> steps_left{0};

/// From now on the interrupted thread traps after each instruction.
void begin_stepping(int, siginfo_t*, void* context) {
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] |= 0x100;
}

/// At the chosen instruction: stands still until others have gone on, or for a while.
void step(int, siginfo_t*, void* context) {
    if (steps_left.fetch_sub(1) > 0) return;
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] &= ~0x100LL;
    is_interrupted = true;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
    while (!may_resume.load() && std::chrono::steady_clock::now() < end) {
    }
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
    struct sigaction action{};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = handler;
    ::sigaction(signal, &action, nullptr);
}

TEST(rare_paths, gives_back_what_was_leapfrogged_by_mistake) {
    if (pel_test::has_tsan) GTEST_SKIP() << "ThreadSanitizer delivers signals only where nothing can go wrong";
    pel::thread_pool pool(2);
    handle(SIGUSR2, &begin_stepping);
    handle(SIGTRAP, &step);
    const pthread_t waiter = ::pthread_self();
    int turn = 0;
    // The waiter stands still at one instruction after the other of its wait for the stolen job, from several moments on;
    // some lie between its look at what the thief serves and its claim. Meanwhile the thief ends that job and begins the
    // posted one, whose fork is public.
    expect_counted(pool, &pel::pool_stats::give_backs, [&] {
        is_interrupted = false;
        may_resume = false;
        steps_left = 5 + turn++ * 7 % 300;
        std::atomic<bool> is_stolen{false};
        std::atomic<bool> is_posted{false};
        std::atomic<bool> has_joined{false};
        std::atomic<bool> is_over{false};
        pool.execute([&] {
            pel::parallel_invoke([&] { spin_until(is_stolen); }, // a yield would let the thief end first
                                 [&] {
                                     is_stolen = true;
                                     if (::pthread_equal(::pthread_self(), waiter)) return;
                                     is_posted = true;
                                     pool.post([&] {
                                         pel::parallel_invoke(
                                             [&] {
                                                 pel::blocking([&] {
                                                     may_resume = true;
                                                     soon([&] { return has_joined.load(); });
                                                 });
                                             },
                                             [] {});
                                         is_over = true;
                                     });
                                     spin(turn % 16 * 200); // the waiter spins by then, or yields
                                     ::pthread_kill(waiter, SIGUSR2);
                                     spin_until(is_interrupted);
                                 });
            has_joined = true;
        });
        if (is_posted) pel_test::await([&] { return is_over.load(); });
    });
}
#endif

TEST(rare_paths, hands_its_seat_over_when_it_blocks_with_work_in_sight) {
    pel::thread_pool pool(pool_of(1));
    expect_counted(pool, &pel::pool_stats::hand_overs, [&] {
        auto task = pool.submit([&] {
            std::atomic<bool> has_run{false};
            pool.post([&] { has_run = true; });
            pel::blocking([&] { pel_test::await([&] { return has_run.load(); }); });
        });
        pel_test::await([&] { return task.is_ready(); });
    });
}

TEST(rare_paths, goes_into_debt_when_more_threads_call_than_there_are_seats) {
    pel::thread_pool pool(pool_of(1));
    expect_counted(pool, &pel::pool_stats::debts, [&] {
        std::atomic<int> inside{0};
        const auto call = [&] {
            pool.execute([&] {
                ++inside;
                pel_test::await([&] { return inside == 2; });
            });
        };
        std::thread other(call);
        call();
        other.join();
    });
}

TEST(rare_paths, repays_a_debt) {
    pel::thread_pool pool(pool_of(1));
    expect_counted(pool, &pel::pool_stats::repayments, [&] {
        std::atomic<bool> has_begun{false};
        std::atomic<bool> may_end{false};
        pool.post([&] {
            has_begun = true;
            pel_test::await([&] { return may_end.load(); });
        });
        pel_test::await([&] { return has_begun.load(); });
        pool.execute([&] { // a second holder of the one seat: the pool's thread gives way when it is done
            may_end = true;
            soon([&] { return pool.stats().repayments != 0; });
        });
    });
}

TEST(rare_paths, a_waiter_claims_the_task_that_it_waits_for) {
    pel::thread_pool pool(pool_of(1));
    expect_counted(pool, &pel::pool_stats::claims, [&] { pool.execute([&] { pool.submit([] {}).get(); }); });
    EXPECT_GT(pool.stats().injected, 0U);
}

TEST(rare_paths, spills_tasks_that_lie_above_those_that_are_waited_for) {
    pel::thread_pool pool(pool_of(1));
    expect_counted(pool, &pel::pool_stats::spills, [&] {
        pool.execute([&] {
            std::atomic<int> runs{0};
            pel::task_group first;
            first.run([&] { ++runs; });
            pel::task_group second;
            second.run([&] { ++runs; });
            (void)first.wait(); // what is above it goes to its group's list
            EXPECT_GE(runs, 1);
            (void)second.wait();
            EXPECT_EQ(runs, 2);
        });
    });
}

TEST(rare_paths, makes_forks_public_at_once_without_heavy_fences) {
    if (!pel_test::is_without_membarrier()) GTEST_SKIP() << "only with PEL_NO_MEMBARRIER=1";
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::fenced_forks, [&] { pool.execute([] { fib(10); }); });
    EXPECT_EQ(pool.stats().heavy_fences, 0U);
    EXPECT_EQ(pool.stats().deep_steals, 0U);
}

TEST(rare_paths, serves_the_injector_while_only_foreign_threads_hold_seats) {
    pel::thread_pool pool(pool_of(1));
    expect_counted(pool, &pel::pool_stats::foreign_only, [&] {
        pool.execute([&] {
            std::atomic<bool> has_run{false};
            pool.post([&] { has_run = true; });
            pel_test::await([&] { return has_run.load(); });
        });
    });
}

TEST(rare_paths, a_waiter_runs_work_from_outside_when_no_thread_is_left) {
    pel::thread_pool pool(pool_of(1, 1));
    expect_counted(pool, &pel::pool_stats::unsafe_waits, [&] {
        std::atomic<bool> has_begun{false};
        std::atomic<bool> is_stolen{false};
        std::atomic<bool> has_run{false};
        auto task = pool.submit([&] {
            has_begun = true;
            pel::parallel_invoke(
                [&] { pel::blocking([&] { soon([&] { return is_stolen.load(); }); }); }, // makes the fork public
                [&] {
                    is_stolen = true;
                    soon([&] { return has_run.load(); });
                });
        });
        pel_test::await([&] { return has_begun.load(); });
        std::thread poster([&] {
            soon([&] { return is_stolen.load(); });
            pool.post([&] { has_run = true; });
        });
        task.wait(); // leapfrogs the fork, and holds on to it: the pool's only thread waits for it
        poster.join();
        pel_test::await([&] { return has_run.load(); });
    });
}

TEST(rare_paths, full_deques_turn_forks_into_calls) {
    pel::thread_pool_options options = pool_of(1);
    options.stack_size = std::size_t{256} << 20;
    pel::thread_pool pool(options);
    expect_counted(pool, &pel::pool_stats::full_deques, [&] {
        std::atomic<int> runs{0};
        constexpr int depth = (1 << 14) + 10;
        auto task = pool.submit([&] { forks_above_a_leaf(depth, runs, 0); });
        pel_test::await([&] { return task.is_ready(); });
        EXPECT_EQ(runs, depth);
    });
}

void loop_above_forks(int depth, std::atomic<int>& runs) {
    if (depth == 0) return pel::parallel_for(0, 10, [&](int) { ++runs; });
    pel::parallel_invoke([&] { loop_above_forks(depth - 1, runs); }, [] {});
}

TEST(rare_paths, a_loop_of_few_items_runs_where_the_deque_is_full) {
    pel::thread_pool_options options = pool_of(2);
    options.stack_size = std::size_t{256} << 20;
    pel::thread_pool pool(options);
    expect_counted(pool, &pel::pool_stats::full_deques, [&] {
        std::atomic<int> runs{0};
        auto task = pool.submit([&] { loop_above_forks(1 << 14, runs); });
        pel_test::await([&] { return task.is_ready(); });
        EXPECT_EQ(runs, 10);
    });
}

TEST(rare_paths, parks_and_wakes) {
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::parks, [&] {
        pool.submit([] { spin(1'000); }).get();
        pool.post([] {});
    });
    expect_counted(pool, &pel::pool_stats::wakes, [&] { pool.post([] {}); });
}

TEST(rare_paths, exposed_jobs_are_stolen_or_taken_back) {
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::stolen, [&] { pool.execute([] { fib(15); }); });
    expect_counted(pool, &pel::pool_stats::taken_back, [&] { pool.execute([] { fib(15); }); });
    EXPECT_EQ(pool.stats().exposed, pool.stats().stolen + pool.stats().taken_back);
}

TEST(rare_paths, shares_a_groups_tasks_between_two_of_them_when_asked) {
    PEL_SKIP_WITHOUT_MEMBARRIER();
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    const auto shared = [&] { // by owners: not taken by deep steals, which count as exposed too
        const pel::pool_stats stats = pool.stats();
        return stats.exposed - stats.deep_steals;
    };
    const bool happened = pel_test::await_for(attempt, [&] {
        std::atomic<bool> has_begun{false};
        std::atomic<bool> may_end{false};
        pool.post([&] { // the other thread is at work, and asks for nothing, until all tasks are in the deque
            has_begun = true;
            pel_test::await([&] { return may_end.load(); });
        });
        pel_test::await([&] { return has_begun.load(); });
        std::uint64_t shared_by_pushes = 0;
        auto task = pool.submit([&] {
            pel::task_group group;
            for (int i = 0; i < 8; ++i) group.run([] {});
            shared_by_pushes = shared();
            group.run([&] { // the first to run
                may_end = true;
                soon([] { return pel::detail::current_worker->deque.is_asked(); });
            });
            (void)group.wait();
        });
        pel_test::await([&] { return task.is_ready(); });
        return shared() > shared_by_pushes;
    });
    EXPECT_TRUE(happened) << pel_test::describe(pool.stats());
    pel_test::expect_balanced(pool);
}

TEST(rare_paths, short_loops_that_follow_each_other_come_to_be_shared) {
    pel::thread_pool pool(2);
    const auto a_microsecond = [](int) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(1);
        while (std::chrono::steady_clock::now() < end) {
        }
    };
    expect_counted(pool, &pel::pool_stats::stolen, [&] { // each is too short to wake somebody for
        for (int i = 0; i < 100; ++i) pel::parallel_for(pel::par.on(pool), 0, 10, a_microsecond);
    });
}

TEST(rare_paths, tasks_from_outside_are_listed) {
    pel::thread_pool pool(2);
    expect_counted(pool, &pel::pool_stats::listed, [&] {
        pel::task_group group(pool);
        group.run([] {});
        (void)group.wait();
    });
}

} // namespace rare_paths_test
