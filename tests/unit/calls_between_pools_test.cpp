// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A call into another pool is inside of what is around it, as one of the same pool is.
#include <pel/coro/async_scope.hpp>
#include <pel/graph/graph.hpp>
#include <pel/graph/spawn_after.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_phases.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/stop_token.hpp>
#include <pel/task_group.hpp>

#include "support/cancelled_here.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

namespace calls_between_pools_test {

using pel::group_status;
using pel::task_group;

struct calls_between_pools : testing::Test {
    pel::thread_pool pool{2}, other{2};
    const pel_test::watchdog guard{pool};
    std::atomic<int> bodies{0};

    void body() { bodies += pel_test::is_cancelled_here() ? 1000 : 1; }
    /// In a group that cancels itself first.
    void expect_cancelled(const std::function<void()>& call) {
        bodies = 0;
        task_group around(pool);
        std::atomic<bool> was_cut_short{false};
        around.run([&] {
            around.cancel();
            try {
                call();
            } catch (const pel::operation_cancelled&) {
                was_cut_short = true;
            }
        });
        EXPECT_EQ(around.wait(), group_status::cancelled);
        EXPECT_TRUE(was_cut_short);
        EXPECT_EQ(bodies, 0);
    }
};

TEST_F(calls_between_pools, a_cancellation_comes_through) {
    expect_cancelled([&] { pel::parallel_for(pel::par.on(other), 0, 1000, [&](int) { body(); }); });
    expect_cancelled([&] {
        const auto map = [&](int) {
            body();
            return 1;
        };
        (void)pel::parallel_reduce(pel::par.on(other), 0, 1000, 0, map, std::plus<>());
    });
    expect_cancelled([&] { pel::parallel_phases(pel::par.on(other), 3, 0, 1000, [&](auto, int) { body(); }); });
    expect_cancelled([&] { other.execute([&] { pel::parallel_for(0, 1000, [&](int) { body(); }); }); });
    expect_cancelled(
        [&] { other.execute([&] { pool.execute([&] { pel::parallel_for(0, 1000, [&](int) { body(); }); }); }); });
    expect_cancelled([&] {
        pel::graph g;
        g.emplace([&] { body(); });
        g.run(pel::par.on(other));
    });
}

TEST_F(calls_between_pools, a_cancellation_comes_through_to_calls_on_a_node) {
    if (pool.machine().numa_nodes().empty()) GTEST_SKIP() << "the machine is not known";
    expect_cancelled([&] { pel::parallel_for(pel::par.on_node(0), 0, 1000, [&](int) { body(); }); });
}

TEST_F(calls_between_pools, what_throws_beside_a_call_cancels_it) {
    std::atomic<bool> is_in_call{false};
    pool.execute([&] {
        const auto fork = [&] {
            pel::parallel_invoke(
                [&] {
                    while (!is_in_call) std::this_thread::yield();
                    throw std::runtime_error("beside");
                },
                [&] {
                    other.execute([&] {
                        is_in_call = true;
                        task_group inside;
                        while (!inside.is_cancelled()) std::this_thread::yield();
                        inside.run([&] { ++bodies; });
                        EXPECT_EQ(inside.wait(), group_status::cancelled);
                    });
                });
        };
        EXPECT_THROW(fork(), std::runtime_error);
    });
    EXPECT_EQ(bodies, 0);
}

TEST_F(calls_between_pools, stop_tokens_inside_hear_of_a_cancellation) {
    task_group around(pool);
    std::atomic<bool> is_in_call{false};
    around.run([&] {
        other.execute([&] {
            task_group inside;
            inside.run([&](const std::stop_token& stop) {
                is_in_call = true;
                while (!stop.stop_requested()) std::this_thread::yield();
            });
            EXPECT_EQ(inside.wait(), group_status::cancelled);
        });
    });
    while (!is_in_call) std::this_thread::yield();
    around.cancel();
    EXPECT_EQ(around.wait(), group_status::cancelled);
}

TEST_F(calls_between_pools, what_is_on_the_heap_may_outlive_the_call_that_it_was_built_in) {
    task_group around(pool);
    around.run([&] {
        std::unique_ptr<task_group> group;
        other.execute([&] { group = std::make_unique<task_group>(); });
        group->run([&] { ++bodies; });
        EXPECT_EQ(group->wait(), group_status::completed);
        other.execute([&] { pool.execute([&] { group = std::make_unique<task_group>(); }); });
        around.cancel();
        group->run([&] { ++bodies; });
        EXPECT_EQ(group->wait(), group_status::cancelled) << "it is inside of what is around the call";
    });
    EXPECT_EQ(around.wait(), group_status::cancelled);
    EXPECT_EQ(bodies, 1);
}

TEST_F(calls_between_pools, a_task_is_known_as_itself_in_a_call) {
    const auto task = pel::spawn_after(
        pool, {}, [&] { other.execute([&] { pel::hand_over_successors(pel::spawn_after({}, [&] { ++bodies; })); }); });
    task.wait();
    EXPECT_EQ(bodies, 1);
}

} // namespace calls_between_pools_test
