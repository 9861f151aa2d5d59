// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: coroutines
#include <pel/coro/async_scope.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/sync/event.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>

#include "support/live_object.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

namespace coro_schedule_test {

using pel::sync_wait;
using pel::task;

/// Whether the calling thread works for the pool.
bool is_in(pel::thread_pool& pool) {
    return pel::detail::current_worker->pool == &pel::detail::pool_access::core(pool);
}

task<int> where(pel::thread_pool& one, pel::thread_pool& two) { co_return is_in(one) ? 1 : is_in(two) ? 2 : 0; }
task<int> where_after_yield(pel::thread_pool& one, pel::thread_pool& two) {
    co_await pel::yield();
    co_return co_await where(one, two);
}

class two_pools : public pel_test::with_pool_shape {
protected:
    pel::thread_pool home{pel_test::options_of(GetParam())}, away{pel_test::options_of(GetParam())};
    const pel_test::watchdog guard{away};
    template <class T>
    T run(task<T> root) {
        return home.execute([&] { return sync_wait(std::move(root)); });
    }
    ~two_pools() override { EXPECT_EQ(pel_test::live_object::count, 0); }
};
PEL_ON_ALL_SHAPES(two_pools);

task<> goes_and_comes_back(pel::thread_pool& home, pel::thread_pool& away) {
    const pel_test::live_object local;
    EXPECT_TRUE(is_in(home));
    co_await pel::resume_on(home); // is there
    co_await home.schedule();
    EXPECT_TRUE(is_in(home));
    co_await pel::resume_on(away);
    EXPECT_TRUE(is_in(away));
    EXPECT_NE(pel::this_worker::index(), pel::this_worker::no_index);
    co_await pel::yield();
    EXPECT_TRUE(is_in(away));
    EXPECT_EQ(co_await where_after_yield(home, away), 2);
    auto [a, b, c] = co_await pel::when_all(where(home, away), where_after_yield(home, away), where(home, away));
    EXPECT_EQ(a * 100 + b * 10 + c, 222);
    EXPECT_TRUE(is_in(away));
    co_await away.schedule();
    EXPECT_TRUE(is_in(away));
    co_await home.schedule();
    EXPECT_TRUE(is_in(home));
}

TEST_P(two_pools, a_coroutine_goes_to_another_pool_and_comes_back) {
    for (int i = 0; i < 20; ++i) run(goes_and_comes_back(home, away));
}

task<int> ends_away(pel::thread_pool& away) {
    co_await pel::resume_on(away);
    co_return 5;
}
task<> child_ends_away(pel::thread_pool& home, pel::thread_pool& away) {
    EXPECT_TRUE(is_in(home));
    EXPECT_EQ(co_await ends_away(away), 5);
    EXPECT_TRUE(is_in(away)); // goes on where what it awaits has ended
    co_await pel::resume_on(home);
    auto [a, b] = co_await pel::when_all(ends_away(away), ends_away(away));
    EXPECT_EQ(a + b, 10);
    EXPECT_TRUE(is_in(away));
}

TEST_P(two_pools, it_may_end_in_another_pool_than_it_was_begun_in) {
    for (int i = 0; i < 8; ++i) {
        run(child_ends_away(home, away));
        EXPECT_EQ(run(ends_away(away)), 5);
        EXPECT_EQ(home.submit(ends_away(away)).get(), 5);
    }
}

task<> visits(pel::thread_pool& home, pel::thread_pool& away, std::atomic<int>& runs, int turns) {
    for (int i = 0; i < turns; ++i) {
        co_await pel::resume_on(away);
        ++runs;
        co_await pel::resume_on(home);
        ++runs;
    }
}
task<> many_visit(pel::thread_pool& home, pel::thread_pool& away, std::atomic<int>& runs) {
    std::vector<task<>> all;
    for (int i = 0; i < 40; ++i) all.push_back(visits(home, away, runs, 10));
    co_await pel::when_all(std::move(all));
    auto won = co_await pel::when_any(visits(home, away, runs, 1), visits(away, home, runs, 1));
    EXPECT_LT(won.index, 2U);
    pel::async_scope scope;
    for (int i = 0; i < 10; ++i) scope.spawn(visits(away, home, runs, 2));
    co_await scope.join();
}

TEST_P(two_pools, many_may_go_and_come_at_once) {
    std::atomic<int> runs{0};
    run(many_visit(home, away, runs));
    EXPECT_GE(runs, 800 + 2 + 40);
}

task<> throws_away(pel::thread_pool& away) {
    co_await pel::resume_on(away);
    throw std::runtime_error("away");
}

TEST_P(two_pools, an_exception_comes_back) { EXPECT_THROW(run(throws_away(away)), std::runtime_error); }

task<> turns(std::vector<int>& order, int which) {
    for (int i = 0; i < 3; ++i) {
        order.push_back(which);
        co_await pel::yield();
    }
}
task<> two_turn(std::vector<int>& order, std::promise<void>& done) {
    co_await pel::when_all(turns(order, 1), turns(order, 2));
    done.set_value();
}

TEST(yield, others_that_are_ready_run_first) {
    pel::thread_pool_options options;
    options.concurrency = options.max_threads = 1;
    pel::thread_pool pool(options);
    const pel_test::watchdog guard(pool);
    std::vector<int> order;
    std::promise<void> done;
    const pel::future<void> ended = pool.submit(two_turn(order, done));
    done.get_future().wait(); // not in the pool: this thread would run one of them, beside the pool's own
    EXPECT_EQ(order, (std::vector{1, 2, 1, 2, 1, 2}));
}

/// As another library's: whoever sets it resumes the one that waits. Whether it is ready is said by what an if takes.
class foreign_event {
public:
    struct no {
        explicit operator bool() const noexcept { return false; }
    };
    static no await_ready() noexcept { return {}; }
    void await_suspend(std::coroutine_handle<> suspended) noexcept { suspended_ = suspended.address(); }
    static void await_resume() noexcept {}
    void set() {
        pel_test::await([&] { return suspended_ != nullptr; });
        std::coroutine_handle<>::from_address(suspended_.exchange(nullptr)).resume();
    }

private:
    std::atomic<void*> suspended_{nullptr};
};

task<> waits_for(foreign_event& set, pel::thread_pool& home) {
    EXPECT_TRUE(is_in(home));
    co_await set;
    EXPECT_TRUE(is_in(home));
    co_await pel::yield();
    EXPECT_TRUE(is_in(home));
}

TEST_P(two_pools, what_another_library_resumes_goes_on_where_it_was) {
    foreign_event first, second;
    const pel::future<void> one = home.submit(waits_for(first, home)), two = home.submit(waits_for(second, home));
    away.submit([&] { first.set(); }).get();
    std::thread([&] { second.set(); }).join(); // of no pool
    one.wait();
    two.wait();
}

TEST_P(two_pools, also_above_a_fork_of_the_same_group) {
    foreign_event set;
    std::atomic<int> runs{0};
    const auto counts = [&]() -> task<> {
        co_await pel::yield();
        ++runs;
    };
    const auto waits = [&]() -> task<> {
        co_await set;
        co_await pel::when_all(counts(), counts());
    };
    const auto sets = [&]() -> task<> {
        pel::parallel_invoke([&] { set.set(); }, [] {});
        co_return;
    };
    const auto both = [&]() -> task<> { co_await pel::when_all(waits(), sets()); };
    run(both());
    EXPECT_EQ(runs, 2);
}

TEST_P(two_pools, the_scopes_of_who_resumes_another_stay_its_own) {
    foreign_event set;
    pel::event lost;
    const auto waits = [&]() -> task<> { co_await lost; };
    const auto races = [&]() -> task<> {
        co_await set;
        co_await pel::when_any(waits(), waits());
    };
    const pel::future<void> race = home.submit(races());
    const auto sets = [&]() -> task<> {
        const pel::detail::scope* const before = pel::detail::current_worker->innermost;
        set.set();
        EXPECT_EQ(pel::detail::current_worker->innermost, before);
        co_return;
    };
    run(sets());
    lost.set();
    race.wait();
}

/// Its await_suspend() answers in each way that there is.
template <class Answer>
struct foreign_awaiter {
    bool throws = false;
    static bool await_ready() noexcept { return false; }
    Answer await_suspend(std::coroutine_handle<> suspended) const {
        if (throws) throw std::runtime_error("suspend");
        if constexpr (std::is_void_v<Answer>)
            suspended.resume();
        else if constexpr (std::is_same_v<Answer, bool>)
            return false;
        else
            return suspended;
    }
    int await_resume() const { return 7; }
};
template <class Answer>
struct foreign_member {
    bool throws = false;
    foreign_awaiter<Answer> operator co_await() && { return {throws}; }
};
template <class Answer>
struct foreign_free {
    bool throws = false;
    friend foreign_awaiter<Answer> operator co_await(const foreign_free & awaited) { return {awaited.throws}; }
};

template <class Awaitable>
task<int> awaits_all_ways() {
    try {
        (void)co_await Awaitable{true};
        ADD_FAILURE();
    } catch (const std::runtime_error&) {
    }
    int sum = 0;
    for (int i = 0; i < 100; ++i) sum += co_await Awaitable{};
    co_return sum;
}
template <class Answer>
task<int> awaits_each() {
    foreign_awaiter<Answer> stays;
    const int first = co_await stays;
    co_return first + co_await awaits_all_ways<foreign_awaiter<Answer>>() +
        co_await awaits_all_ways<foreign_member<Answer>>() + co_await awaits_all_ways<foreign_free<Answer>>();
}

TEST_P(two_pools, another_librarys_awaitables_may_answer_in_any_way) {
    EXPECT_EQ(run(awaits_each<void>()), 2107);
    EXPECT_EQ(run(awaits_each<bool>()), 2107);
    EXPECT_EQ(run(awaits_each<std::coroutine_handle<>>()), 2107);
}

TEST_P(two_pools, a_token_is_of_what_is_around) {
    std::stop_token token;
    const auto asks = [&]() -> task<> { token = co_await pel::get_stop_token(); };
    pel::task_group group(home);
    std::atomic<bool> is_in_group{false};
    group.run([&] {
        const auto waits = [&]() -> task<> {
            const std::stop_token mine = co_await pel::get_stop_token();
            is_in_group = true;
            while (!mine.stop_requested()) co_await pel::yield();
        };
        sync_wait(waits());
    });
    std::thread canceller([&] {
        pel_test::await([&] { return is_in_group.load(); });
        group.cancel();
    });
    (void)group.wait();
    canceller.join();
    run(asks());
    EXPECT_FALSE(token.stop_requested());
}

/// Where it goes on after the event, in the pool where it was suspended.
task<> waits(pel::event& at, pel::thread_pool& home) {
    EXPECT_TRUE(is_in(home));
    co_await at;
    EXPECT_TRUE(is_in(home));
}
task<> sets_from(pel::thread_pool& away, pel::event& at) {
    co_await pel::resume_on(away);
    at.set();
}
task<> resumed_from_another_pool(pel::thread_pool& home, pel::thread_pool& away) {
    pel::event at;
    co_await pel::when_all(waits(at, home), sets_from(away, at));
}

TEST_P(two_pools, one_of_its_group_that_has_gone_away_resumes_it_at_home) {
    for (int i = 0; i < 20; ++i) run(resumed_from_another_pool(home, away));
}

task<> spawns_from(pel::thread_pool& away, pel::thread_pool& home, pel::async_scope& scope, pel::event& at,
                   std::atomic<bool>& has_come_back) {
    co_await pel::resume_on(away);
    scope.spawn(waits(at, home));
    co_await pel::resume_on(home);
    has_come_back = true;
}
task<> spawned_from_another_pool(pel::thread_pool& home) {
    pel::event at;
    std::atomic<bool> has_come_back{false};
    pel::async_scope scope(home);
    auto away = std::make_unique<pel::thread_pool>(1);
    scope.spawn(spawns_from(*away, home, scope, at, has_come_back));
    while (!has_come_back) co_await pel::yield();
    away.reset(); // waits for nothing of the scope
    at.set();
    co_await scope.join();
}

TEST_P(two_pools, what_is_spawned_by_one_that_has_gone_away_runs_at_home) {
    for (int i = 0; i < 20; ++i) run(spawned_from_another_pool(home));
}

} // namespace coro_schedule_test
