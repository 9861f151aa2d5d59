// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What runs of a graph are called with, and what is given to nodes.
// test label: graph
#include <pel/graph/graph.hpp>
#include <pel/graph/spawn_after.hpp>
#include <pel/graph/subgraph.hpp>
#include <pel/this_worker.hpp>

#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace arguments_test {

using pel::graph;
using pel::par;

class arguments_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(arguments_with);

TEST_P(arguments_with, a_policy_is_one_whether_it_is_constant_or_has_a_name) {
    graph g;
    int runs = 0;
    g.emplace([&] { ++runs; });
    std::stop_source source;
    source.request_stop();
    auto policy = par.on(pool).stop(source.get_token());
    EXPECT_THROW(g.run(policy), pel::operation_cancelled);
    EXPECT_THROW(g.run(std::as_const(policy)), pel::operation_cancelled);
    EXPECT_THROW(g.run_n(3, policy), pel::operation_cancelled);
    EXPECT_THROW(g.run_n(3, par.on(pool).stop(source.get_token())), pel::operation_cancelled);
    EXPECT_THROW(g.run_until([] { return true; }, par.on(pool).stop(source.get_token())), pel::operation_cancelled);
    EXPECT_THROW(g.start(policy).wait(), pel::operation_cancelled);
    EXPECT_EQ(runs, 0);
    auto here = par.on(pool);
    g.run(here);
    g.run_n(2, here);
    g.start(here).wait();
    EXPECT_EQ(runs, 4);
}

struct totals {
    int sum = 0;
};
struct other {
    long before = 7;
};
struct both : other, totals {};

template <class Graph, class... Arguments>
concept run_by = requires(Graph& g, Arguments&... arguments) { g.run(arguments...); };
template <class Graph, class... Arguments>
concept started_by = requires(Graph& g, Arguments&... arguments) { g.start(arguments...); };
using policy = decltype(par.grain(1));
static_assert(run_by<graph> && run_by<graph, policy> && !run_by<graph, int> && !run_by<graph, policy, int>);
static_assert(started_by<graph> && started_by<graph, policy> && !started_by<graph, int>);
using summing = pel::basic_graph<totals>;
static_assert(run_by<summing, totals> && run_by<summing, both> && run_by<summing, policy, totals>);
static_assert(!run_by<summing> && !run_by<summing, std::string> && !run_by<summing, policy>);
static_assert(started_by<summing, totals> && !started_by<summing, std::string> && !started_by<summing, policy>);

TEST_P(arguments_with, a_context_is_what_it_is_derived_from) {
    summing g;
    g.emplace([](totals& context) { context.sum += 42; });
    both context;
    g.run(context);
    g.run(par.on(pool), context);
    g.start(par.on(pool), context).wait();
    EXPECT_EQ(context.sum, 3 * 42);
    EXPECT_EQ(context.before, 7);
    summing outer;
    outer.emplace(std::move(g));
    outer.run(par.on(pool), context);
    EXPECT_EQ(context.sum, 4 * 42);
}

TEST_P(arguments_with, a_run_that_is_started_on_a_node_is_there) {
    graph g;
    std::atomic<int> runs{0};
    g.emplace([&] { ++runs; });
    const auto there = par.on(pool).on_node(0);
    g.start(there).wait();
    EXPECT_EQ(runs, 1);
    EXPECT_THROW((void)g.start(par.on(pool).on_node(1000)), std::invalid_argument);
}

/// A node that is told to end tells other runs, its own among them.
TEST_P(arguments_with, a_stop_callback_may_cancel_runs) {
    graph g;
    std::vector<pel::graph_run> runs;
    std::atomic<unsigned> waiting{0}, told{0};
    std::atomic<bool> are_there{false};
    g.emplace([&](std::stop_token token) {
        const std::stop_callback tell(token, [&] {
            for (const pel::graph_run& each : runs) each.cancel();
            ++told;
        });
        are_there.wait(false);
        ++waiting;
        while (!token.stop_requested()) pel::blocking([] { std::this_thread::yield(); });
    });
    pel::thread_pool two(2);
    for (int each = 0; each != 2; ++each) runs.push_back(g.start(par.on(two)));
    are_there = true;
    are_there.notify_all();
    while (waiting != 2) std::this_thread::yield();
    runs[0].cancel();
    for (const pel::graph_run& each : runs) EXPECT_THROW(each.wait(), pel::operation_cancelled);
    EXPECT_EQ(told, 2U);
}

TEST_P(arguments_with, what_a_joined_subgraph_throws_is_over_when_it_is_caught) {
    graph g;
    int inside = 0, after = 0;
    g.emplace([&](pel::subgraph& more) {
         more.emplace([&] {
             ++inside;
             throw std::runtime_error("no");
         });
         EXPECT_THROW(more.join(), std::runtime_error);
         more.emplace([&] { ++inside; });
     }).precede(g.emplace([&] { ++after; }));
    g.run(par.on(pool));
    EXPECT_EQ(inside, 2);
    EXPECT_EQ(after, 1);
}

TEST_P(arguments_with, an_exception_after_the_early_end_is_heard) {
    graph g;
    g.emplace([](pel::run_control& run) {
        run.finish();
        throw std::runtime_error("no");
    });
    EXPECT_THROW(g.run(par.on(pool)), std::runtime_error);
    pel::graph_run run = g.start(par.on(pool));
    EXPECT_THROW(run.wait(), std::runtime_error);
    EXPECT_EQ(run.status(), pel::run_status::failed);
}

TEST(arguments, a_branch_may_choose_by_a_character) {
    graph g;
    int chosen = 0;
    auto branch = g.branch([] { return static_cast<char>(1); });
    branch.precede(g.emplace([&] { chosen = 1; }), g.emplace([&] { chosen = 2; }));
    g.run();
    EXPECT_EQ(chosen, 2);
}

constexpr auto spawn_one = [](int) { return pel::spawn_after({}, [] {}); };
using made_on_the_way = decltype(std::views::iota(0, 3) | std::views::transform(spawn_one));
template <class Range>
concept begun_after = requires(const Range& range) { pel::spawn_after(range, [] {}); };
static_assert(begun_after<std::vector<pel::task_handle<void>>>);
static_assert(!begun_after<made_on_the_way>, "each look would spawn another task");

} // namespace arguments_test
