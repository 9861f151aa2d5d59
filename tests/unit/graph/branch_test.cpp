// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/graph/graph.hpp>
#include <pel/graph/subgraph.hpp>

#include "support/error_of.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace branch_test {

using pel::graph;
using pel::graph_error;
using pel::par;

class branch_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(branch_with);

template <class F>
std::string error_of(F&& f) {
    return pel_test::error_of<graph_error>(f);
}

TEST_P(branch_with, a_branch_chooses_one_of_its_successors) {
    for (const int choice : {0, 1, 2, pel::no_branch}) {
        graph g;
        std::array<std::atomic<int>, 3> runs{};
        const auto choose = g.branch([=] { return choice; });
        for (std::size_t i = 0; i < 3; ++i) choose.precede(g.emplace([&runs, i] { ++runs[i]; }));
        g.run_n(3, par.on(pool));
        for (int i = 0; i < 3; ++i) EXPECT_EQ(runs[static_cast<std::size_t>(i)], i == choice ? 3 : 0);
    }
}

TEST_P(branch_with, a_branch_chooses_several_of_its_successors) {
    graph g;
    std::array<std::atomic<int>, 4> runs{};
    const auto choose = g.branch([] { return std::vector<unsigned>{3, 1}; });
    for (std::size_t i = 0; i < 4; ++i) choose.precede(g.emplace([&runs, i] { ++runs[i]; }));
    g.run(par.on(pool));
    EXPECT_EQ(runs[0] + runs[2], 0);
    EXPECT_EQ(runs[1] * runs[3], 1);
}

TEST_P(branch_with, a_graph_goes_round_until_a_branch_ends_it) {
    graph g;
    int i = -1;
    std::atomic<int> rounds{0};
    const auto begin = g.emplace([&] { i = 0; });
    const auto body = g.emplace([] {});
    const auto left = g.emplace([&] { ++rounds; }), right = g.emplace([&] { ++rounds; });
    const auto step = g.emplace([&] { ++i; });
    const auto goes_on = g.branch([&] { return i < 1000; });
    const auto end = g.emplace([&] { EXPECT_EQ(i, 1000); });
    begin.precede(body);
    body.precede(left, right);
    step.succeed(left, right);
    step.precede(goes_on);
    goes_on.precede(end, body);
    for (int run = 0; run < 3; ++run) {
        rounds = 0;
        g.run(par.on(pool));
        ASSERT_EQ(rounds, 2000);
    }
}

TEST_P(branch_with, a_branch_may_choose_itself) {
    graph g;
    int tries = 0;
    enum class outcome { again, done };
    const auto attempt = g.branch([&] { return ++tries < 5 ? outcome::again : outcome::done; });
    const auto done = g.emplace([&] { EXPECT_EQ(tries, 5); });
    g.emplace([] {}).precede(attempt);
    attempt.precede(attempt, done);
    g.run(par.on(pool));
    EXPECT_EQ(tries, 5);
}

TEST_P(branch_with, a_node_that_several_branches_choose_runs_once_for_each_and_never_twice_at_once) {
    graph g;
    std::atomic<int> inside{0}, runs{0};
    const auto target = g.emplace([&] {
        EXPECT_EQ(inside.fetch_add(1), 0);
        ++runs;
        --inside;
    });
    for (int i = 0; i < 50; ++i) g.branch([] { return 0; }).precede(target);
    for (int i = 0; i < 20; ++i) g.run(par.on(pool));
    EXPECT_EQ(runs, 1000);
}

TEST(branch, a_choice_that_is_no_successor_is_an_error) {
    for (const int choice : {1, -2, 1 << 30}) {
        graph g;
        const auto choose = g.branch([=] { return choice; });
        choose.name("choose");
        choose.precede(g.emplace([] {}));
        EXPECT_EQ(error_of([&] { g.run(); }),
                  "pel::graph: branch 'choose' chose successor " + std::to_string(choice) + " of 1");
    }
}

TEST_P(branch_with, a_join_of_which_a_part_never_came_is_an_error) {
    graph g;
    const auto choose = g.branch([] { return 0; });
    const auto one = g.emplace([] {}), other = g.emplace([] {}), join = g.emplace([] {});
    join.name("join");
    choose.precede(one, other);
    join.succeed(one, other);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(error_of([&] { g.run(par.on(pool)); }),
                  "pel::graph: node 'join' has waited for several nodes, of which some ran and some did not");
}

TEST_P(branch_with, a_join_waits_for_each_of_its_predecessors_however_often_others_come) {
    constexpr int rounds = 50;
    graph g;
    std::atomic<int> fast_turns{0}, slow_turns{0}, joins{0};
    const auto begin = g.emplace([] {}), end = g.emplace([] {});
    const auto fast = g.emplace([&] { ++fast_turns; }), slow = g.emplace([&] { ++slow_turns; });
    const auto fast_again = g.branch([&] { return fast_turns % rounds != 0; });
    const auto slow_again = g.branch([&] { return slow_turns % rounds != 0; });
    const auto join = g.emplace([&] {
        const int turn = ++joins;
        EXPECT_LE(turn, fast_turns);
        EXPECT_LE(turn, slow_turns);
    });
    begin.precede(fast, slow);
    fast.precede(fast_again, join);
    slow.precede(slow_again, join);
    fast_again.precede(end, fast);
    slow_again.precede(end, slow);
    for (int run = 0; run < 5; ++run) g.run(par.on(pool));
    EXPECT_EQ(joins, 5 * rounds);
}

TEST_P(branch_with, a_join_of_what_goes_round_and_what_does_not_never_runs_before_either) {
    graph g;
    std::atomic<int> turns{0};
    std::atomic<bool> other_ran{false};
    const auto begin = g.emplace([&] {
        turns = 0;
        other_ran = false;
    });
    const auto body = g.emplace([&] { ++turns; });
    const auto again = g.branch([&] { return turns < 4 ? 0 : pel::no_branch; });
    const auto before = g.emplace([] {}), other = g.emplace([&] { other_ran = true; });
    const auto join = g.emplace([&] { EXPECT_TRUE(other_ran); });
    join.name("join");
    begin.precede(body, before);
    before.precede(other);
    body.precede(again, join);
    again.precede(body);
    other.precede(join);
    for (const auto& each : {body, join}) each.priority(1);
    for (int run = 0; run < 3; ++run)
        EXPECT_EQ(error_of([&] { g.run(par.on(pool)); }),
                  "pel::graph: node 'join' has waited for several nodes, of which some ran and some did not");
}

// Values of nodes that run again.

TEST_P(branch_with, each_round_reads_the_values_of_its_own) {
    constexpr int rounds = 200;
    graph g;
    int round = 0;
    const auto begin = g.emplace([&] { round = 0; });
    const auto made = g.emplace([&] { return std::vector<int>(3, ++round); });
    const auto left = g.then([](const std::vector<int>& all) { return all.front(); }, made);
    const auto right = g.then([](const std::vector<int>& all) { return all.back(); }, made);
    const auto sum = g.then([&](int l, int r) { EXPECT_EQ(l + r, 2 * round); }, left, right);
    auto moved = g.then([](int n) { return std::make_unique<int>(n); }, left);
    const auto taken = g.then([&](std::unique_ptr<int>&& n) { EXPECT_EQ(*std::move(n), round); }, std::move(moved));
    const auto step = g.emplace([] {});
    const auto again = g.branch([&] { return round < rounds ? 0 : pel::no_branch; });
    begin.precede(made);
    step.succeed(sum, taken);
    step.precede(again);
    again.precede(made);
    for (int run = 0; run < 3; ++run) {
        g.run(par.on(pool));
        EXPECT_EQ(round, rounds);
    }
}

TEST_P(branch_with, a_value_is_not_made_again_while_it_is_read) {
    constexpr int rounds = 40;
    graph g;
    int round = 0;
    std::atomic<int> next_read{1};
    const auto begin = g.emplace([&] { round = 0; });
    const auto made = g.emplace([&] { return std::vector<int>(8, ++round); });
    for (int reader = 0; reader < 3; ++reader) { // nothing waits for them
        g.then(
            [&, turn = 0](const std::vector<int>& all) mutable {
                turn = turn % rounds + 1;
                for (const int each : all) EXPECT_EQ(each, turn);
                std::this_thread::yield();
                EXPECT_EQ(all, std::vector<int>(8, turn));
                if (turn == rounds) ++next_read;
            },
            made);
    }
    const auto step = g.emplace([] {});
    made.precede(step);
    std::atomic<int> steps{0};
    const auto again =
        g.branch([&] { return ++steps % rounds != 0 ? 0 : pel::no_branch; }); // it does not wait for them
    begin.precede(made);
    step.precede(again);
    again.precede(made);
    for (int run = 0; run < 3; ++run) g.run(par.on(pool));
    EXPECT_EQ(next_read, 1 + 3 * 3);
}

TEST_P(branch_with, a_node_that_begins_a_loop_reads_what_was_made_before_in_every_round) {
    graph g;
    int round = 0;
    const auto limit = g.emplace([] { return 10; });
    const auto body = g.then([&](int n) { round += n / 10; }, limit);
    const auto again = g.branch([&] { return round < 10 ? 0 : pel::no_branch; });
    body.precede(again);
    again.precede(body);
    g.run(par.on(pool));
    EXPECT_EQ(round, 10);
}

TEST(branch, a_value_that_would_be_moved_away_in_each_round_is_an_error) {
    graph g;
    auto made = g.emplace([] { return std::make_unique<int>(1); });
    const auto body = g.then([](std::unique_ptr<int>&&) {}, std::move(made));
    const auto again = g.branch([] { return pel::no_branch; });
    body.precede(again);
    again.precede(body);
    EXPECT_EQ(error_of([&] { g.validate(); }), "pel::graph: node #1 moves the value of node #0 away, and a branch may "
                                               "choose it again: there would be none");
}

TEST(branch, a_node_with_rounds_of_its_own_does_not_read_what_may_be_made_again) {
    graph g;
    const auto begin = g.emplace([] {});
    const auto outer = g.emplace([] { return 1; });
    const auto inner = g.then([](int) {}, outer);
    const auto inner_again = g.branch([] { return 0; }), outer_again = g.branch([] { return pel::no_branch; });
    begin.precede(outer);
    inner.precede(inner_again);
    inner_again.precede(outer_again, inner);
    outer_again.precede(outer);
    EXPECT_EQ(
        error_of([&] { g.validate(); }),
        "pel::graph: node #2, which a branch may choose again, reads the value of node #1, which may be made again "
        "meanwhile");
    // So may what two branches choose, and what one branch chooses that returns several.
    graph h;
    const auto choose = h.branch([] { return std::vector{0, 0}; });
    const auto twice = h.emplace([] { return 1; });
    const auto loop = h.then([](int) {}, twice);
    const auto again = h.branch([] { return pel::no_branch; });
    choose.precede(twice);
    loop.precede(again);
    again.precede(loop);
    EXPECT_THROW(h.validate(), graph_error);
}

TEST_P(branch_with, a_run_from_inside_a_loop_reads_no_value_that_it_has_not_made) {
    graph g;
    int round = 0;
    const auto begin = g.emplace([&] { round = 0; });
    const auto made = g.emplace([&] { return ++round; });
    const auto read = g.then([&](int n) { EXPECT_EQ(n, round); }, made);
    const auto again = g.branch([&] { return round < 5 ? 0 : pel::no_branch; });
    begin.precede(made);
    read.precede(again);
    again.precede(made);
    g.run_from(par.on(pool), made);
    EXPECT_EQ(round, 5);
    EXPECT_EQ(error_of([&] { g.run_from(read); }),
              "pel::graph: node #2 reads the value of node #1, which a run from it makes too late");
    g.run_from(par.on(pool), again);
    EXPECT_EQ(round, 5);

    graph h;
    const auto value = h.emplace([] { return 1; });
    const auto body = h.then([](int) {}, value);
    const auto choose = h.branch([] { return pel::no_branch; });
    body.precede(choose);
    choose.precede(body);
    EXPECT_THROW(h.run_from(choose), graph_error);
    h.run_from(par.on(pool), value);
}

TEST_P(branch_with, a_run_from_a_branch_runs_what_it_chooses) {
    pel::basic_graph<int> g;
    std::array<std::atomic<int>, 4> runs{};
    const auto begin = g.emplace([&] { ++runs[0]; });
    const auto choose = g.branch([](int& choice) { return choice; });
    const auto one = g.emplace([&] { ++runs[1]; }), other = g.emplace([&] { ++runs[2]; });
    const auto after = g.emplace([&] { ++runs[3]; });
    begin.precede(choose);
    choose.precede(one, other);
    other.precede(after);
    for (int choice : {1, 0, 1, pel::no_branch}) g.run_from(par.on(pool), choose, choice);
    EXPECT_EQ(runs[0], 0);
    EXPECT_EQ(runs[1], 1);
    EXPECT_EQ(runs[2], 2);
    EXPECT_EQ(runs[3], 2);
    int choice = 2;
    EXPECT_EQ(error_of([&] { g.run_from(par.on(pool), choose, choice); }),
              "pel::graph: branch #1 chose successor 2 of 2");
}

// What users of other libraries have run into: each gives an error, none hangs.

TEST(branch, a_graph_where_every_node_has_a_predecessor_is_an_error) {
    graph g;
    const auto a = g.emplace([] {});
    const auto b = g.branch([] { return 0; });
    a.precede(b);
    b.precede(a);
    EXPECT_EQ(error_of([&] { g.run(); }), "pel::graph: no node to begin with: each has a predecessor");
    EXPECT_THROW(g.validate(), graph_error);
}

TEST(branch, a_loop_that_nothing_leads_into_is_an_error) {
    graph g;
    g.emplace([] {});
    const auto body = g.emplace([] {});
    const auto again = g.branch([] { return 0; });
    body.name("body");
    body.precede(again);
    again.precede(body);
    const std::string text = "pel::graph: node 'body' cannot be reached from the nodes that a run begins with";
    EXPECT_EQ(error_of([&] { g.validate(); }), text);
    EXPECT_EQ(error_of([&] { g.run(); }), text);
}

TEST(branch, a_node_behind_an_outcome_that_cannot_be_returned_is_an_error) {
    graph g;
    const auto choose = g.branch([] { return true; });
    const auto a = g.emplace([] {}), b = g.emplace([] {}), c = g.emplace([] {});
    choose.name("choose");
    c.name("c");
    choose.precede(a, b, c);
    EXPECT_EQ(error_of([&] { g.validate(); }), "pel::graph: node 'c' is successor 2 of branch 'choose', which returns "
                                               "less than 2: it would never be reached");
}

TEST(branch, a_join_of_a_plain_edge_and_one_of_a_branch_is_an_error) {
    graph g;
    const auto plain = g.emplace([] {});
    const auto choose = g.branch([] { return 0; });
    const auto join = g.emplace([] {});
    join.name("join");
    choose.name("choose");
    join.succeed(plain, choose);
    EXPECT_EQ(
        error_of([&] { g.run(); }),
        "pel::graph: node 'join' waits for other nodes, and branch 'choose', which does not always come after it, "
        "may choose it: it might run before them, or never");
}

TEST(branch, a_branch_that_comes_after_a_join_but_may_also_run_before_it_is_an_error) {
    graph g;
    const auto first = g.branch([] { return 0; }), early = g.branch([] { return 0; }),
               late = g.branch([] { return 0; });
    const auto value = g.emplace([] { return std::string("a"); });
    const auto join = g.then([](const std::string&) {}, value);
    early.name("early");
    join.name("join");
    first.precede(early);
    early.precede(join);
    join.precede(late);
    late.precede(early);
    EXPECT_EQ(error_of([&] { g.validate(); }),
              "pel::graph: node 'join' waits for other nodes, and branch 'early', which does not always come after it, "
              "may choose it: it might run before them, or never");
    EXPECT_THROW(g.run(), graph_error);
}

TEST(branch, a_cycle_of_plain_edges_is_an_error) {
    graph g;
    const auto begin = g.emplace([] {}), a = g.emplace([] {}), b = g.emplace([] {}), c = g.emplace([] {});
    begin.precede(a);
    a.name("a");
    b.name("b");
    c.name("c");
    a.precede(b);
    b.precede(c);
    c.precede(a);
    const std::string text = error_of([&] { g.run(); });
    EXPECT_TRUE(text.starts_with("pel::graph: a cycle without a branch: ")) << text;
    for (const char* each : {"'a'", "'b'", "'c'"}) EXPECT_NE(text.find(each), std::string::npos) << text;
    graph self;
    const auto only = self.emplace([] {});
    only.precede(only);
    EXPECT_THROW(self.run(), graph_error);
}

TEST(branch, an_edge_from_inside_a_subgraph_to_a_node_outside_is_an_error) {
    graph g;
    const auto outside = g.emplace([] {});
    const auto maker = g.emplace([&](pel::subgraph& inside) { inside.emplace([] {}).precede(outside); });
    maker.name("maker");
    maker.precede(outside);
    EXPECT_THROW(g.run(), graph_error);
}

// Nodes that are made while the graph runs.

TEST_P(branch_with, nodes_made_by_a_node_are_over_before_its_successors) {
    graph g;
    std::atomic<int> made{0};
    const auto maker = g.emplace([&](pel::subgraph& added) {
        const auto first = added.emplace([&] { EXPECT_EQ(made, 0); });
        for (int i = 0; i < 20; ++i) first.precede(added.emplace([&] { ++made; }));
    });
    maker.precede(g.emplace([&] { EXPECT_EQ(made, 20); }));
    for (int i = 0; i < 5; ++i) {
        made = 0;
        g.run(par.on(pool));
        ASSERT_EQ(made, 20);
    }
}

TEST_P(branch_with, a_subgraph_can_be_waited_for_inside) {
    graph g;
    const auto sum = g.emplace([](pel::subgraph& added) {
        std::atomic<int> total{0};
        for (int i = 1; i <= 10; ++i) added.emplace([&total, i] { total += i; });
        added.join();
        added.emplace([&total] { total += 100; });
        added.join();
        return total.load();
    });
    auto run = g.start(par.on(pool));
    run.wait();
    EXPECT_EQ(run.value(sum), 155);
}

TEST_P(branch_with, detached_nodes_are_over_before_the_run_is) {
    graph g;
    std::atomic<int> made{0};
    const auto maker = g.emplace([&](pel::subgraph& added) {
        for (int i = 0; i < 20; ++i) added.emplace([&] { ++made; });
        added.detach();
        for (int i = 0; i < 20; ++i) added.emplace([&] { ++made; });
    });
    maker.precede(g.emplace([&] { EXPECT_GE(made, 20); }));
    g.run_n(3, par.on(pool));
    EXPECT_EQ(made, 120);
}

void add_fib(pel::subgraph& added, int n, std::atomic<int>& sum) {
    if (n < 2) {
        sum += n;
        return;
    }
    added.emplace([n, &sum](pel::subgraph& inside) { add_fib(inside, n - 1, sum); });
    added.emplace([n, &sum](pel::subgraph& inside) { add_fib(inside, n - 2, sum); });
}

TEST_P(branch_with, subgraphs_nest) {
    graph g;
    std::atomic<int> sum{0};
    g.emplace([&](pel::subgraph& added) { add_fib(added, 12, sum); });
    g.run(par.on(pool));
    EXPECT_EQ(sum, 144);
}

// How a run ends.

TEST_P(branch_with, the_first_exception_reaches_the_waiter_and_nothing_after_it_begins) {
    graph g;
    std::atomic<int> after{0};
    const auto fails = g.emplace([] { throw std::out_of_range("here"); });
    fails.name("fails");
    fails.precede(g.emplace([&] { ++after; }));
    for (int i = 0; i < 3; ++i) {
        EXPECT_THROW(g.run(par.on(pool)), std::out_of_range);
        auto run = g.start(par.on(pool));
        EXPECT_THROW(run.wait(), std::out_of_range);
        EXPECT_EQ(run.status(), pel::run_status::failed);
        EXPECT_EQ(run.failed_node().name(), "fails");
    }
    EXPECT_EQ(after, 0);
}

TEST_P(branch_with, an_exception_of_a_nested_node_is_its_outer_nodes) {
    for (const bool is_detached : {false, true}) {
        graph g;
        const auto maker = g.emplace([&](pel::subgraph& added) {
            added.emplace([] { throw std::out_of_range("here"); });
            if (is_detached) added.detach();
        });
        auto run = g.start(par.on(pool));
        EXPECT_THROW(run.wait(), std::out_of_range);
        EXPECT_EQ(run.failed_node(), maker);
    }
}

TEST_P(branch_with, a_graph_that_has_failed_runs_again) {
    graph g;
    bool fails = true;
    std::atomic<int> runs{0};
    const auto first = g.emplace([&] {
        if (fails) throw std::out_of_range("here");
    });
    const auto last = g.emplace([&] { ++runs; });
    for (int i = 0; i < 100; ++i) {
        const auto between = g.emplace([&] { ++runs; });
        if (i % 2 == 0) first.precede(between);
        between.precede(last);
    }
    EXPECT_THROW(g.run(par.on(pool)), std::out_of_range);
    fails = false;
    runs = 0;
    g.run(par.on(pool));
    EXPECT_EQ(runs, 101);
}

TEST_P(branch_with, a_node_may_cancel_the_run_or_finish_it) {
    for (const bool finishes : {false, true}) {
        graph g;
        std::atomic<int> after{0};
        const auto ends = g.emplace([&](pel::run_control& control) {
            EXPECT_FALSE(control.stop_requested());
            finishes ? control.finish() : control.cancel();
            EXPECT_TRUE(control.stop_requested());
            EXPECT_TRUE(control.token().stop_requested());
        });
        ends.precede(g.emplace([&] { ++after; }));
        if (finishes)
            g.run(par.on(pool));
        else
            EXPECT_THROW(g.run(par.on(pool)), pel::operation_cancelled);
        auto run = g.start(par.on(pool));
        if (finishes)
            run.wait();
        else
            EXPECT_THROW(run.wait(), pel::operation_cancelled);
        EXPECT_EQ(run.status(), finishes ? pel::run_status::completed : pel::run_status::cancelled);
        EXPECT_EQ(after, 0);
    }
}

TEST_P(branch_with, a_run_is_cancelled_from_outside) {
    graph g;
    std::atomic<bool> has_begun{false};
    std::atomic<int> after{0};
    const auto waits = g.emplace([&](const std::stop_token& stop) {
        has_begun = true;
        while (!stop.stop_requested()) std::this_thread::yield();
    });
    waits.precede(g.emplace([&] { ++after; }));
    auto run = g.start(par.on(pool));
    std::thread other([&] {
        while (!has_begun) std::this_thread::yield();
        run.cancel();
    });
    EXPECT_THROW(run.wait(), pel::operation_cancelled);
    other.join();
    std::stop_source source;
    has_begun = false;
    std::thread another([&] {
        while (!has_begun) std::this_thread::yield();
        source.request_stop();
    });
    EXPECT_THROW(g.run(par.on(pool).stop(source.get_token())), pel::operation_cancelled);
    another.join();
    EXPECT_THROW(g.run(par.on(pool).stop(source.get_token())), pel::operation_cancelled);
    EXPECT_EQ(after, 0);
}

TEST_P(branch_with, the_value_of_a_node_that_did_not_run_is_an_error) {
    graph g;
    const auto choose = g.branch([] { return 1; });
    const auto one = g.emplace([] { return 1; }), two = g.emplace([] { return 2; });
    one.name("one");
    choose.precede(one, two);
    auto run = g.start(par.on(pool));
    run.wait();
    EXPECT_EQ(run.value(two), 2);
    EXPECT_EQ(error_of([&] { (void)run.value(one); }), "pel::graph: node 'one' did not run, and has no value");
}

} // namespace branch_test
