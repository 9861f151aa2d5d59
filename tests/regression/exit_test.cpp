// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: process
// The end of the process: work in static destructors and after main, exit() while tasks run.
#include <pel/coro/async_scope.hpp>
#include <pel/coro/await_future.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/gate.hpp"
#include "support/own_process.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace exit_test {

using pel::par;

/// Never destroyed: no pool may be by who is inside, nor one at its end.
pel::thread_pool& make_lasting_pool(const pel::thread_pool_options& options) {
    static auto& all = *new std::vector<std::unique_ptr<pel::thread_pool>>;
    return *all.emplace_back(std::make_unique<pel::thread_pool>(options));
}
pel::thread_pool& make_lasting_pool() {
    pel::thread_pool_options options;
    options.concurrency = 1;
    return make_lasting_pool(options);
}

/// Ends the process with 9 unless all kinds of work give the right result.
void work_or_die() {
    const long sum = pel::parallel_reduce(0, 100'000, 0L, [](int i) { return static_cast<long>(i); }, std::plus<>());
    std::atomic<int> runs{0};
    pel::parallel_for(0, 100, [&](int) { ++runs; });
    pel::parallel_invoke([&] { ++runs; }, [&] { ++runs; });
    pel::task_group group;
    for (int i = 0; i < 10; ++i) group.run([&] { ++runs; });
    const bool completed = group.wait() == pel::group_status::completed;
    runs += pel::default_pool().submit([] { return 3; }).get();
    runs += pel::default_pool().execute([] { return 4; });
    if (sum != 4'999'950'000 || runs != 119 || !completed) std::_Exit(9);
}

struct works_when_destroyed {
    ~works_when_destroyed() { work_or_die(); }
};

TEST(exit, work_in_a_static_destructor_made_after_the_pool_runs) {
    PEL_IN_OWN_PROCESS();
    work_or_die();
    static const works_when_destroyed late;
}

TEST(exit, work_in_a_static_destructor_made_before_the_pool_runs) {
    PEL_IN_OWN_PROCESS();
    static const works_when_destroyed early;
    work_or_die();
}

TEST(exit, work_in_a_static_destructor_of_a_process_that_had_no_pool_runs) {
    PEL_IN_OWN_PROCESS();
    static const works_when_destroyed only;
}

TEST(exit, work_in_atexit_before_and_after_the_pool_ends_runs) {
    PEL_IN_OWN_PROCESS();
    std::atexit(work_or_die);
    work_or_die();
    std::atexit(work_or_die);
}

pel::task<int> number(int n) { co_return n; }
pel::task<> count(std::atomic<int>& runs) {
    co_await pel::yield();
    ++runs;
}
/// Ends when it is told to stop, and only then.
pel::task<int> until_stopped() {
    const std::stop_token token = co_await pel::get_stop_token();
    while (!token.stop_requested()) co_await pel::yield();
    co_return -1;
}
/// Ends when the race around it has a winner.
pel::task<> loses() { (void)co_await pel::when_any(until_stopped(), until_stopped()); }
pel::task<> races_and_joins(std::atomic<int>& runs) {
    if ((co_await pel::when_any(loses(), number(1))).index == 1) ++runs;
    if ((co_await pel::when_any(until_stopped(), number(1), until_stopped())).index == 1) ++runs;
    co_await pel::when_all(count(runs), count(runs));
    pel::async_scope scope;
    for (int i = 0; i < 10; ++i) scope.spawn(count(runs));
    scope.spawn(count(runs));
    co_await scope.join();
}

/// As work_or_die(), with coroutines of several groups that wait for each other.
void coroutines_or_die() {
    std::atomic<int> runs{0};
    pel::sync_wait(races_and_joins(runs));
    pel::default_pool().submit(races_and_joins(runs)).get();
    pel::async_scope scope;
    for (int i = 0; i < 10; ++i) scope.spawn(count(runs));
    pel::sync_wait(scope.join());
    scope.spawn(races_and_joins(runs));
    {
        pel::async_scope waits;
        waits.spawn(pel::default_pool().submit(races_and_joins(runs)));
        waits.spawn(races_and_joins(runs));
    }
    pel::sync_wait(scope.join());
    if (runs != 5 * 15 + 10) std::_Exit(9);
}

struct coroutines_when_destroyed {
    ~coroutines_when_destroyed() { coroutines_or_die(); }
};

TEST(exit, coroutines_in_a_static_destructor_made_after_the_pool_run) {
    PEL_IN_OWN_PROCESS();
    coroutines_or_die();
    static const coroutines_when_destroyed late;
}

TEST(exit, coroutines_in_a_static_destructor_made_before_the_pool_run) {
    PEL_IN_OWN_PROCESS();
    static const coroutines_when_destroyed early;
    coroutines_or_die();
}

TEST(exit, coroutines_in_a_static_destructor_of_a_process_that_had_no_pool_run) {
    PEL_IN_OWN_PROCESS();
    static const coroutines_when_destroyed only;
}

/// A coroutine that is suspended when the pool ends, and ends later.
class suspended_over_the_end {
public:
    suspended_over_the_end() = default;
    suspended_over_the_end(const suspended_over_the_end&) = delete;
    suspended_over_the_end& operator=(const suspended_over_the_end&) = delete;
    ~suspended_over_the_end() {
        may_end_ = true;
        if (result_.get() != 3) std::_Exit(9);
    }
    void begin() {
        const auto waits = [](suspended_over_the_end& told) -> pel::task<int> {
            told.has_begun_ = true;
            while (!told.may_end_) co_await pel::yield();
            co_return 3;
        };
        result_ = pel::default_pool().submit(waits(*this));
        pel_test::await([&] { return has_begun_.load(); });
    }

private:
    std::atomic<bool> has_begun_{false}, may_end_{false};
    pel::future<int> result_;
};

TEST(exit, a_future_of_a_coroutine_that_is_suspended_then_has_its_result) {
    PEL_IN_OWN_PROCESS();
    static suspended_over_the_end early;
    early.begin();
}

/// A thread in a call of the default pool which is over only after the pool has ended; joined then.
class thread_over_the_end {
public:
    thread_over_the_end() = default;
    thread_over_the_end(const thread_over_the_end&) = delete;
    thread_over_the_end& operator=(const thread_over_the_end&) = delete;
    ~thread_over_the_end() {
        opens_at_the_end.open();
        thread_.join();
        if (!is_right_) std::_Exit(9);
    }
    /// `waits`, in the thread, returns whether it has got what it waits for.
    template <class Waits>
    void begin(Waits waits) {
        thread_ = std::thread([this, waits]() mutable {
            pel::default_pool().execute([&] {
                is_inside_ = true;
                is_right_ = waits();
            });
        });
        pel_test::await([&] { return is_inside_.load(); });
    }

    pel_test::gate opens_at_the_end;

private:
    std::atomic<bool> is_inside_{false};
    bool is_right_ = false;
    std::thread thread_;
};

/// Keeps the thread of a pool that has one until that pool ends.
void keep_until_the_end() {
    static std::atomic<bool> has_begun{false};
    pel::default_pool().post([] {
        has_begun = true;
        const pel::detail::scheduler& pool = pel::detail::pool_access::core(pel::default_pool());
        pel_test::await([&] { return pool.is_stopping(); });
    });
    pel_test::await([] { return has_begun.load(); });
}

TEST(exit, a_thread_that_waits_already_runs_what_the_pools_threads_have_left) {
    PEL_IN_OWN_PROCESS({"PEL_NUM_THREADS", "1"});
    static thread_over_the_end early;
    keep_until_the_end();
    auto first = std::make_shared<pel::future<int>>(pel::default_pool().submit([] { return 1; }));
    auto next = std::make_shared<pel::future<int>>(first->then([](int one) { return one + 1; }));
    early.begin([next] { return next->get() == 2; });
}

TEST(exit, a_thread_that_waits_already_runs_what_becomes_ready_later) {
    PEL_IN_OWN_PROCESS({"PEL_NUM_THREADS", "1"});
    static thread_over_the_end early;
    keep_until_the_end();
    const auto waits = [](pel_test::gate& gate) -> pel::task<int> {
        co_await gate;
        co_return 3;
    };
    auto result = std::make_shared<pel::future<int>>(pel::default_pool().submit(waits(early.opens_at_the_end)));
    early.begin([result] { return result->get() == 3; });
    pel_test::await([] { return early.opens_at_the_end.waiting() == 1; });
}

/// A piece of a loop of so many items is stolen, given back, as by who may not run it, and then left by a pool at its end.
/// Returns: the loop is over, and each item has run once, if help(pool), in another thread, runs the piece.
template <class Help>
bool runs_what_was_given_back(int items, Help help) {
    auto& pool = make_lasting_pool(); // which starts no thread, as the caller of the loop has the seat
    pel::detail::scheduler& core = pel::detail::pool_access::core(pool);
    std::atomic<pel::detail::worker*> at_work{nullptr};
    std::atomic<bool> may_end{false};
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(items));
    std::thread caller([&] {
        pel::detail::worker* own = nullptr;
        const auto run = [&](int i) {
            ++runs[static_cast<std::size_t>(i)];
            if (pel::detail::current_worker == own) {
                at_work = own;
                pel_test::await([&] { return may_end.load(); });
            }
            return 1;
        };
        pool.execute([&] {
            own = pel::detail::current_worker;
            EXPECT_EQ(pel::parallel_reduce(0, items, 0, run, std::plus<>()), items);
        });
    });
    pel_test::await([&] { return at_work.load() != nullptr; });
    pel::detail::worker& forker = *at_work.load();
    pel::detail::job_slot piece = forker.deque.try_steal();
    if (!piece) std::_Exit(8);
    piece.forker = &forker;
    piece.function(piece, forker, pel::detail::job_action::give_back);
    core.abandon(0);
    help(core);
    const auto is_one = [](const std::atomic<int>& each) { return each == 1; };
    const auto before = std::ranges::count_if(runs, is_one);
    may_end = true;
    caller.join();
    return before > 1 && std::ranges::all_of(runs, is_one);
}

TEST(exit, who_waits_may_run_a_piece_of_a_loop_that_was_given_back) {
    PEL_IN_OWN_PROCESS();
    for (const int items : {8, 500}) {
        EXPECT_TRUE(runs_what_was_given_back(items, [](pel::detail::scheduler& core) { core.help_abandoned(); }));
        pel::thread_pool other(1);
        EXPECT_TRUE(runs_what_was_given_back(items, [&](pel::detail::scheduler& core) {
            other.execute([&] {
                const pel::detail::worker& own = *pel::detail::current_worker;
                const std::uint64_t serial = own.scope_serial;
                core.help_abandoned();
                EXPECT_EQ(own.innermost, nullptr);
                EXPECT_EQ(own.scope_serial, serial);
            });
        }));
    }
}

TEST(exit, a_long_chain_of_tasks_takes_no_more_stack_than_one) {
    PEL_IN_OWN_PROCESS();
    pel::thread_pool_options options;
    options.concurrency = 1;
    options.stack_size = 256 * 1024;
    auto& pool = make_lasting_pool(options);
    std::atomic<bool> has_begun{false};
    pel::future<int> last = pool.submit([&] {
        has_begun = true;
        pel_test::await([&] { return pel::detail::pool_access::core(pool).is_stopping(); });
        return 0;
    });
    pel_test::await([&] { return has_begun.load(); }); // on the pool's thread, with its stack
    constexpr int links = 100'000;
    for (int link = 0; link < links; ++link) last = last.then([](int before) { return before + 1; });
    pel::future<int> inside = last.then([&](int before) { // whose own chain is over when it goes on
        return pool.submit([=] { return before; }).then([](int same) { return same + 1; }).get();
    });
    pel::detail::pool_access::core(pool).abandon(0);
    pel_test::await([&] { return inside.is_ready(); });
    EXPECT_EQ(inside.get(), links + 1);
}

constexpr auto no_deadline = std::numeric_limits<std::int64_t>::max();

TEST(exit, tells_all_threads_before_it_waits_for_one) {
    PEL_IN_OWN_PROCESS();
    auto& pool = make_lasting_pool();
    unsigned home = 0;
    while (!pool.machine().numa_nodes()[home].is_home()) ++home;
    const auto& node = pel::detail::pool_access::core(pel::detail::pool_access::node_pool(pool, home));
    std::atomic<bool> has_begun{false};
    pool.post([&] {
        has_begun = true;
        pel_test::await([&] { return node.is_stopping(); });
    });
    pel_test::await([&] { return has_begun.load(); });
    pel::detail::pool_access::abandon(pool, no_deadline);
}

TEST(exit, does_not_wait_for_the_thread_that_calls_it) {
    PEL_IN_OWN_PROCESS();
    auto& pool = make_lasting_pool();
    pel::thread_pool other(1);
    pool.submit([&] { other.execute([&] { pel::detail::pool_access::abandon(pool, no_deadline); }); }).get();
}

TEST(exit, comes_after_the_destructors_of_a_pools_threads) {
    PEL_IN_OWN_PROCESS();
    static std::atomic<bool> is_destroyed{false};
    struct late {
        ~late() {
            for (int turn = 0; turn < 2'000; ++turn) std::this_thread::yield(); // the process would go on by then
            is_destroyed = true;
        }
        bool is_made = false;
    };
    auto& pool = make_lasting_pool();
    pool.post([] {
        thread_local late of_thread;
        of_thread.is_made = true;
    });
    pel_test::await([&] { return pool.stats().executed == 1; });
    pel::detail::pool_access::abandon(pool, no_deadline);
    EXPECT_TRUE(is_destroyed);
}

TEST(exit, called_by_a_task_lets_coroutines_in_a_static_destructor_run) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone();
        EXPECT_EQ(result.status, 7) << result.output;
        return;
    }
    static const coroutines_when_destroyed early;
    pel::default_pool().post([] { std::exit(7); });
    for (;;) std::this_thread::yield();
}

/// The process must end soon although tasks do not: the kernel's alarm would make that a signal.
TEST(exit, ends_the_process_with_tasks_in_flight) {
    if (!pel_test::is_rerun()) {
        const auto start = std::chrono::steady_clock::now();
        const pel_test::process_result result = pel_test::rerun_alone();
        EXPECT_EQ(result.status, 7) << result.output;
        EXPECT_LT(std::chrono::steady_clock::now() - start, pel_test::patience) << "not by the alarm";
        return;
    }
    static std::atomic<int> running{0};
    for (int i = 0; i < 8; ++i) {
        pel::default_pool().post([] {
            ++running;
            for (;;) std::this_thread::yield();
        });
    }
    pel_test::await([] { return running > 0; });
    std::exit(7);
}

TEST(exit, called_by_a_task_ends_the_process) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone();
        EXPECT_EQ(result.status, 7) << result.output;
        return;
    }
    pel::default_pool().post([] { std::exit(7); });
    for (;;) std::this_thread::yield();
}

TEST(exit, called_inside_a_loop_ends_the_process) {
    if (!pel_test::is_rerun()) {
        const pel_test::process_result result = pel_test::rerun_alone();
        EXPECT_EQ(result.status, 7) << result.output;
        return;
    }
    pel::parallel_for(0, 1'000'000, [](int i) {
        if (i == 500'000) std::exit(7);
    });
    FAIL() << "not reached";
}

/// The index that another thread has in the pool.
unsigned index_of_another(pel::thread_pool& pool) {
    unsigned index = pel::this_worker::no_index;
    std::thread([&] { index = pool.execute([] { return pel::this_worker::index(); }); }).join();
    return index;
}

TEST(exit, called_inside_calls_of_several_pools_leaves_their_workers_to_no_other_thread) {
    PEL_IN_OWN_PROCESS();
    static auto& outer = make_lasting_pool();
    static auto& inner = make_lasting_pool();
    static unsigned of_outer = 0;
    static unsigned of_inner = 0;
    std::atexit([] {
        if (index_of_another(outer) == of_outer || index_of_another(inner) == of_inner) std::_Exit(9);
    });
    outer.execute([] {
        of_outer = pel::this_worker::index();
        inner.execute([] {
            of_inner = pel::this_worker::index();
            std::exit(0);
        });
    });
}

TEST(exit, called_inside_a_short_loop_leaves_its_worker_to_no_other_thread) {
    PEL_IN_OWN_PROCESS();
    static auto& outer = make_lasting_pool();
    static auto& inner = make_lasting_pool();
    static unsigned of_outer = 0;
    std::atexit([] {
        if (index_of_another(outer) == of_outer) std::_Exit(9);
    });
    for (int call = 0; call < 10; ++call) { // those before the last show that they are short
        pel::parallel_for(par.on(outer), 0, 2, [&](int) {
            if (call < 9) return;
            of_outer = pel::this_worker::index();
            inner.execute([] { std::exit(0); });
        });
    }
}

TEST(exit, while_foreign_threads_keep_working_ends_the_process) {
    if (!pel_test::is_rerun()) {
        for (unsigned long round = 0; round < pel_test::scaled(20) + 1; ++round) {
            const pel_test::process_result result = pel_test::rerun_alone();
            ASSERT_EQ(result.status, 7) << result.output;
        }
        return;
    }
    static std::atomic<int> loops{0};
    for (int t = 0; t < 3; ++t) {
        std::thread([] {
            for (;;) {
                std::atomic<int> sum{0};
                pel::parallel_for(0, 1'000, [&](int) { ++sum; });
                pel::task_group group;
                for (int i = 0; i < 10; ++i) group.run([&] { ++sum; });
                (void)group.wait();
                if (sum != 1'010) std::_Exit(9);
                ++loops;
            }
        }).detach();
    }
    pel_test::await([] { return loops > 20; });
    std::exit(7);
}

} // namespace exit_test
