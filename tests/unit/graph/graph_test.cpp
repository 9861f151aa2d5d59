// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/graph/graph.hpp>
#include <pel/graph/subgraph.hpp>
#include <pel/graph/with.hpp>
#include <pel/parallel_for.hpp>

#include "support/allocations.hpp"
#include "support/error_of.hpp"
#include "support/scale.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace graph_test {

using pel::graph;
using pel::graph_error;
using pel::par;

class graph_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(graph_with);

/// Takes down in which order nodes run.
class journal {
public:
    auto entry(int number) {
        return [this, number] {
            const std::lock_guard hold(mutex_);
            numbers_.push_back(number);
        };
    }
    std::size_t place(int number) const {
        return static_cast<std::size_t>(std::find(numbers_.begin(), numbers_.end(), number) - numbers_.begin());
    }
    const std::vector<int>& numbers() const { return numbers_; }

private:
    std::mutex mutex_;
    std::vector<int> numbers_;
};

template <class F>
std::string error_of(F&& f) {
    return pel_test::error_of<graph_error>(f);
}

TEST(graph, an_empty_graph_runs) {
    graph g;
    g.run();
    EXPECT_TRUE(g.empty());
}

TEST_P(graph_with, nodes_run_after_all_that_precede_them) {
    journal order;
    graph g;
    const auto [a, b, c, d] = g.emplace(order.entry(0), order.entry(1), order.entry(2), order.entry(3));
    a.precede(b, c);
    d.succeed(b, c);
    a.precede(b); // an edge that is there already counts once
    g.run(par.on(pool));
    EXPECT_EQ(order.numbers().size(), 4u);
    EXPECT_EQ(order.place(0), 0u);
    EXPECT_EQ(order.place(3), 3u);
}

TEST_P(graph_with, a_graph_runs_as_often_as_wanted) {
    graph g;
    std::atomic<int> runs{0};
    const auto first = g.emplace([&] { ++runs; });
    for (int i = 0; i < 100; ++i) first.precede(g.emplace([&] { ++runs; }));
    g.run_n(5, par.on(pool));
    EXPECT_EQ(runs, 505);
    g.run_until([&] { return runs > 1000; }, par.on(pool));
    EXPECT_EQ(runs, 1010);
}

TEST_P(graph_with, running_again_allocates_nothing) {
    graph g;
    const auto first = g.emplace([] { return 1; });
    const auto last = g.emplace([] {});
    for (int i = 0; i < 1000; ++i) {
        const auto between = g.then([](int n) { return n + 1; }, first);
        g.then([](int n) { EXPECT_EQ(n, 2); }, between).precede(last);
    }
    bool allocated_nothing = false;
    pool.execute([&] {
        for (int i = 0; i < 20 && !allocated_nothing; ++i) { // the pool may start a thread meanwhile
            const std::uint64_t before = pel_test::allocations;
            g.run();
            allocated_nothing = pel_test::allocations == before;
        }
    });
    EXPECT_TRUE(allocated_nothing);
}

TEST(graph, tasks_that_wait_for_units_need_no_memory_but_their_own) {
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    pel::resource disk(1), memory(4);
    const auto wait_for_units = [&](pel::task_group& group) {
        const auto first =
            pel::spawn_after({}, pel::with({disk}, [&] {
                                 for (int i = 0; i < 2; ++i)
                                     pel::spawn_after({}, [] {}).wait(); // others ask for the disk meanwhile
                             }));
        const auto second = pel::spawn_after({}, pel::with({disk, {memory, 2}}, [] {}));
        auto third = pool.submit(pel::with({disk, memory}, [] {}));
        pel::run_with(group, {memory}, [] {});
        first.wait();
        second.wait();
        third.get();
        EXPECT_EQ(group.wait(), pel::group_status::completed);
    };
    bool allocated_nothing = false;
    pool.execute([&] {
        pel::task_group group;
        for (int i = 0; i < 20 && !allocated_nothing; ++i) {
            const std::uint64_t before = pel_test::allocations;
            wait_for_units(group);
            allocated_nothing = pel_test::allocations == before;
        }
    });
    EXPECT_TRUE(allocated_nothing);
}

TEST_P(graph_with, a_long_chain_takes_no_stack) {
    graph g;
    std::uint64_t steps = 0;
    const auto count = [&] { ++steps; };
    auto last = g.emplace(count);
    for (int i = 1; i < static_cast<int>(pel_test::scaled(1'000'000)); ++i) {
        const auto next = g.emplace(count);
        last.precede(next);
        last = next;
    }
    g.run(par.on(pool));
    EXPECT_EQ(steps, g.size());
}

TEST_P(graph_with, many_nodes_may_be_ready_at_once) {
    graph g;
    std::atomic<std::uint64_t> runs{0};
    const auto count = [&] { runs.fetch_add(1, std::memory_order_relaxed); };
    const auto first = g.emplace(count), last = g.emplace(count);
    for (int i = 0; i < static_cast<int>(pel_test::scaled(50'000)); ++i) {
        const auto between = g.emplace(count);
        first.precede(between);
        between.precede(last);
        g.emplace(count); // begins
    }
    g.run(par.on(pool));
    EXPECT_EQ(runs, g.size());
}

TEST_P(graph_with, values_go_along_edges) {
    graph g;
    const auto number = g.emplace([] { return 20; });
    const auto text = g.emplace([] { return std::string("ab"); });
    const auto both = g.then([](const int& n, const std::string& s) { return s + std::to_string(n); }, number, text);
    const auto size =
        g.then([](const std::string& s, int n) { return s.size() + static_cast<std::size_t>(n); }, both, number);
    auto run = g.start(par.on(pool));
    run.wait();
    EXPECT_EQ(run.value(both), "ab20");
    EXPECT_EQ(run.value(size), 24u);
}

TEST_P(graph_with, a_value_that_cannot_be_copied_is_moved_to_its_one_reader) {
    graph g;
    auto made = g.emplace([] { return std::make_unique<int>(7); });
    const auto taken = g.then([](std::unique_ptr<int>&& one) { return std::move(one); }, std::move(made));
    auto run = g.start(par.on(pool));
    run.wait();
    EXPECT_EQ(*run.value(taken), 7);
}

TEST(graph, a_value_that_is_moved_away_has_no_other_reader) {
    graph g;
    auto made = g.emplace([] { return 1; });
    made.name("made");
    auto same = made;
    g.then([](int&&) {}, std::move(made));
    EXPECT_EQ(error_of([&] { g.then([](const int&) {}, same); }),
              "pel::graph: the value of node 'made' is moved away by one node, and cannot have other readers");
    auto read = g.emplace([] { return 1; });
    g.then([](const int&) {}, read);
    EXPECT_THROW(g.then([](int&&) {}, std::move(read)), graph_error);
}

TEST(graph, a_value_that_is_moved_away_is_no_other_argument_of_the_same_node) {
    graph g;
    auto made = g.emplace([] { return 1; });
    made.name("made");
    auto same = made;
    const std::string text =
        "pel::graph: the value of node 'made' is moved away by one node, and cannot have other readers";
    EXPECT_EQ(error_of([&] { g.then([](int&&, int&&) {}, std::move(made), std::move(same)); }), text);
    EXPECT_EQ(error_of([&] { g.then([](const int&, int&&) {}, made, std::move(same)); }), text);
    EXPECT_EQ(error_of([&] { g.then([](int&&, const int&) {}, std::move(made), same); }), text);
    EXPECT_EQ(g.size(), 1u) << "what has failed left a node";
    int sum = 0;
    g.then([&](int a, const int& b) { sum = a + b; }, made, same); // read twice
    g.run();
    EXPECT_EQ(sum, 2);
}

struct counted {
    static inline std::atomic<int> live{0};
    counted() { ++live; }
    counted(const counted&) { ++live; }
    ~counted() { --live; }
};

TEST_P(graph_with, values_die_with_their_run) {
    {
        graph g;
        const auto made = g.emplace([] { return counted(); });
        g.then([](const counted&) { EXPECT_GE(counted::live, 1); }, made);
        g.run(par.on(pool));
        EXPECT_EQ(counted::live, 0);
        {
            auto run = g.start(par.on(pool));
            run.wait();
            EXPECT_EQ(counted::live, 1);
        }
        EXPECT_EQ(counted::live, 0);
        g.emplace([held = counted()] {});
        EXPECT_EQ(counted::live, 1);
    }
    EXPECT_EQ(counted::live, 0);
}

TEST_P(graph_with, each_run_has_its_context_and_its_values) {
    struct request {
        int id;
        int answer = 0;
    };
    pel::basic_graph<request> g;
    const auto twice = g.emplace([](const request& of) { return 2 * of.id; });
    const auto more = g.then([](int n, request& of) { return n + of.id; }, twice);
    g.then([](int n, request& of) { of.answer = n; }, more);
    std::vector<request> requests;
    for (int i = 0; i < 64; ++i) requests.push_back({i});
    std::vector<pel::graph_run> runs;
    for (request& each : requests) runs.push_back(g.start(par.on(pool), each));
    for (const pel::graph_run& each : runs) each.wait();
    for (const request& each : requests) ASSERT_EQ(each.answer, 3 * each.id);
    pel::parallel_for(par.on(pool), 0, 64, [&](int i) { g.run(requests[static_cast<std::size_t>(63 - i)]); });
    for (const request& each : requests) ASSERT_EQ(each.answer, 3 * each.id);
}

TEST_P(graph_with, a_run_without_values_has_none_of_nodes_that_are_made_later) {
    graph g;
    g.emplace([] {});
    auto run = g.start(par.on(pool));
    run.wait();
    const auto later = g.emplace([] { return 1; });
    EXPECT_THROW((void)run.value(later), graph_error);
    auto with_values = g.start(par.on(pool));
    with_values.wait();
    EXPECT_EQ(with_values.value(later), 1);
    const auto last = g.emplace([] { return 2; });
    EXPECT_EQ(with_values.value(later), 1) << "values stay when the graph changes";
    EXPECT_THROW((void)with_values.value(last), graph_error);
}

TEST_P(graph_with, many_runs_are_started_and_waited_for_in_any_order) {
    pel::basic_graph<std::atomic<int>> g;
    auto first = g.emplace([](std::atomic<int>& runs) { ++runs; });
    for (int i = 0; i < 20; ++i) first.precede(g.emplace([](std::atomic<int>& runs) { ++runs; }));
    constexpr std::size_t count = 64;
    std::array<std::atomic<int>, count> runs{};
    for (int round = 0; round < 30; ++round) {
        std::vector<pel::graph_run> started;
        for (auto& each : runs) started.push_back(g.start(par.on(pool), each));
        for (std::size_t i = 0; i != count; ++i) {
            const std::size_t next = round % 3 == 0 ? i : round % 3 == 1 ? count - 1 - i : i * 37 % count;
            started[next].wait();
            ASSERT_EQ(runs[next], 21 * (round + 1));
            ASSERT_EQ(started[next].status(), pel::run_status::completed);
        }
    }
}

TEST_P(graph_with, a_handle_takes_over_another_run_once_its_own_is_over) {
    pel::basic_graph<std::atomic<int>> g;
    g.emplace([](std::atomic<int>& runs) { ++runs; });
    std::atomic<int> one{0};
    std::atomic<int> other{0};
    auto run = g.start(par.on(pool), one);
    run = g.start(par.on(pool), other);
    EXPECT_EQ(one, 1);
    auto moved = std::move(run);
    moved.wait();
    EXPECT_EQ(other, 1);
    EXPECT_THROW(run.wait(), std::logic_error); // NOLINT(bugprone-use-after-move): that is what is asked
}

TEST_P(graph_with, a_node_that_waits_for_its_own_run_is_told_so) {
    graph g;
    std::atomic<const pel::graph_run*> own{nullptr};
    const auto wait = [&] {
        const pel::graph_run* run = nullptr;
        while (run == nullptr) {
            std::this_thread::yield();
            run = own;
        }
        EXPECT_THROW(run->wait(), std::logic_error);
    };
    const auto first = g.emplace(wait);
    for (int i = 0; i < 4; ++i) first.precede(g.emplace([&] { pel::parallel_for(0, 4, [&](int) { wait(); }); }));
    const auto run = g.start(par.on(pool));
    own = &run;
    run.wait();
    graph other;
    other.emplace([&] { run.wait(); }); // which is over
    other.run(par.on(pool));
}

TEST(graph_death, a_node_that_destroys_the_handle_of_its_own_run_ends_the_program) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto destroy = [] {
        graph g;
        std::atomic<pel::graph_run*> own{nullptr};
        g.emplace([&] {
            while (own == nullptr) std::this_thread::yield();
            pel::graph_run taken = std::move(*own);
        });
        auto run = g.start();
        own = &run;
        run.wait();
    };
    EXPECT_DEATH(destroy(), "");
}

TEST_P(graph_with, several_threads_run_one_graph_at_once) {
    graph g;
    std::atomic<int> runs{0};
    const auto first = g.emplace([&] { ++runs; });
    for (int i = 0; i < 9; ++i) first.precede(g.emplace([&] { ++runs; }));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { g.run_n(25, par.on(pool)); });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(runs, 1000);
}

TEST_P(graph_with, repeated_runs_take_what_a_run_takes) {
    graph g;
    int runs = 0;
    g.emplace([&] { ++runs; });
    g.run_n(3, par.on(pool));
    g.run_until([&] { return runs == 5; }, par.on(pool));
    EXPECT_EQ(runs, 5);
    pel::basic_graph<int> h;
    h.emplace([](int& count) { ++count; });
    int count = 0;
    h.run_n(3, par.on(pool), count);
    h.run_n(3, count);
    h.run_until([&] { return count == 8; }, par.on(pool), count);
    EXPECT_EQ(count, 8);
}

TEST_P(graph_with, functions_of_nodes_need_not_be_copyable) {
    graph g;
    int sum = 0;
    const auto made = g.emplace([one = std::make_unique<int>(1)] { return *one; });
    const auto read = g.then([two = std::make_unique<int>(2), &sum](int n) { sum += n + *two; }, made);
    const auto choose = g.branch([none = std::make_unique<int>(0)] { return *none; });
    read.precede(choose);
    choose.precede(g.emplace([three = std::make_unique<int>(3), &sum](pel::run_control&) { sum += *three; }));
    graph moved = std::move(g);
    moved.run_n(2, par.on(pool));
    EXPECT_EQ(sum, 12);
}

TEST_P(graph_with, a_graph_inside_of_another_has_its_context) {
    pel::basic_graph<int> inner;
    const auto value = inner.emplace([](int& sum) { return sum; });
    inner.then([](int before, int& sum, pel::run_control&) { sum = 2 * before; }, value);
    graph without; // one that takes none
    std::atomic<int> runs{0};
    without.emplace([&] { ++runs; });
    pel::basic_graph<int> middle;
    const auto twice = middle.emplace(inner);
    twice.precede(middle.emplace(std::move(without)));
    pel::basic_graph<int> outer;
    const auto first = outer.emplace([](int& sum) { ++sum; }), again = outer.emplace(std::move(middle));
    first.precede(again);
    again.precede(outer.emplace([](int& sum) { ++sum; }));
    std::array<int, 8> sums{0, 1, 2, 3, 4, 5, 6, 7};
    std::vector<pel::graph_run> started;
    for (int& each : sums) started.push_back(outer.start(par.on(pool), each));
    for (const pel::graph_run& each : started) each.wait();
    EXPECT_EQ(sums, (std::array{3, 5, 7, 9, 11, 13, 15, 17}));
    EXPECT_EQ(runs, 8);
    outer.run_from(par.on(pool), again, sums[0]);
    EXPECT_EQ(sums[0], 7);
    EXPECT_EQ(runs, 9);
}

TEST_P(graph_with, loops_and_graphs_nest_inside_nodes) {
    graph inner;
    std::atomic<int> items{0};
    inner.emplace([&] { pel::parallel_for(0, 10, [&](int) { ++items; }); });
    inner.emplace([&] { pel::parallel_for(0, 10, [&](int) { ++items; }); });
    graph middle;
    for (int i = 0; i < 4; ++i) middle.emplace(inner);
    graph outer;
    outer.emplace(std::move(middle)).precede(outer.emplace([&] { EXPECT_EQ(items, 80); }));
    outer.run(par.on(pool));
    EXPECT_EQ(items, 80);
}

TEST(graph, a_graph_is_no_node_of_itself_nor_of_what_it_runs) {
    graph g;
    g.emplace(g);
    EXPECT_THROW(g.run(), graph_error);
    graph a, b, c;
    a.emplace(b);
    b.emplace(c);
    c.emplace(b);
    EXPECT_THROW(b.validate(), graph_error);
    EXPECT_THROW(a.run(), graph_error); // of b, as it runs
}

TEST(graph, a_graph_inside_of_another_is_run_as_it_is_then) {
    int old_runs = 0, new_runs = 0;
    graph outer, inner;
    inner.emplace([&] { ++old_runs; });
    outer.emplace(inner);
    inner = graph();
    inner.emplace([&] { ++new_runs; });
    outer.run();
    EXPECT_EQ(old_runs, 0);
    EXPECT_EQ(new_runs, 1);
    inner = graph();
    inner.emplace(outer);
    EXPECT_THROW(inner.run(), graph_error); // it is a node of itself now
}

TEST(graph, a_graph_that_became_no_node_is_not_inside) {
#ifdef PEL_TEST_SANITIZED
    GTEST_SKIP() << "no allocation is refused there";
#endif
    int runs = 0;
    graph outer, inner;
    inner.emplace(outer);
    pel_test::allocations_left = 0;
    EXPECT_THROW(outer.emplace(inner), std::bad_alloc);
    pel_test::allocations_left = std::numeric_limits<std::int64_t>::max();
    EXPECT_TRUE(outer.empty());
    outer.emplace([&] { ++runs; });
    inner.run();
    EXPECT_EQ(runs, 1);
}

TEST(graph, a_node_without_memory_for_its_subgraph_fails) {
#ifdef PEL_TEST_SANITIZED
    GTEST_SKIP() << "no allocation is refused there";
#endif
    pel::thread_pool pool(1);
    int runs = 0;
    bool is_refused = true;
    graph g;
    const auto before = g.emplace([&] {
        if (is_refused) pel_test::allocations_left = 0;
    });
    before.precede(g.emplace([&](pel::subgraph& added) { added.emplace([&] { ++runs; }); }));
    const std::string error = pel_test::error_of<std::bad_alloc>([&] { g.run(par.on(pool)); });
    pel_test::allocations_left = std::numeric_limits<std::int64_t>::max();
    EXPECT_NE(error, "no error");
    is_refused = false;
    g.run(par.on(pool));
    EXPECT_EQ(runs, 1);
}

TEST_P(graph_with, edges_are_removed_between_runs) {
    journal order;
    graph g;
    const auto a = g.emplace(order.entry(0)), b = g.emplace(order.entry(1));
    a.precede(b);
    EXPECT_TRUE(g.remove_edge(a, b));
    EXPECT_FALSE(g.remove_edge(a, b));
    b.precede(a);
    g.run(par.on(pool));
    EXPECT_EQ(order.numbers(), (std::vector{1, 0}));
    const auto value = g.emplace([] { return 1; });
    const auto reader = g.then([](int) {}, value);
    EXPECT_THROW(g.remove_edge(value, reader), graph_error);
}

TEST_P(graph_with, a_graph_runs_on_a_node) {
    graph g;
    std::atomic<int> runs{0};
    const auto first = g.emplace([&] { ++runs; });
    for (int i = 0; i < 50; ++i) first.precede(g.emplace([&] { ++runs; }));
    g.run(par.on(pool).on_node(0));
    g.run_from(par.on(pool).on_node(0), first);
    EXPECT_EQ(runs, 102);
    EXPECT_THROW(g.run(par.on(pool).on_node(1000)), std::invalid_argument);
}

TEST_P(graph_with, a_run_from_a_node_runs_what_depends_on_it) {
    graph g;
    std::array<std::atomic<int>, 6> runs{};
    std::vector<pel::node<void>> nodes;
    for (std::atomic<int>& each : runs) nodes.push_back(g.emplace([&each] { ++each; }));
    nodes[0].precede(nodes[1], nodes[2]);
    nodes[3].succeed(nodes[1], nodes[2]);
    nodes[4].succeed(nodes[2], nodes[5]);
    for (int i = 0; i < 3; ++i) g.run_from(par.on(pool), nodes[2]);
    EXPECT_EQ(runs[0] + runs[1] + runs[5], 0);
    EXPECT_EQ(runs[2] * runs[3] * runs[4], 27);
    g.run(par.on(pool));
    EXPECT_EQ(runs[0] * runs[1] * runs[5], 1);
    EXPECT_EQ(runs[2] * runs[3] * runs[4], 64);

    const auto value = g.emplace([] { return 1; });
    const auto reader = g.then([](int n) { return n + 1; }, value);
    const auto last = g.then([](int n) { EXPECT_EQ(n, 2); }, reader);
    EXPECT_EQ(error_of([&] { g.run_from(reader); }),
              "pel::graph: node #7 reads the value of node #6, which a run from node #7 does not run");
    g.run_from(value);
    EXPECT_THROW(g.run_from(last), graph_error);
}

TEST_P(graph_with, a_graph_does_not_change_while_it_runs) {
    graph g;
    const auto a = g.emplace(
        [&] { EXPECT_EQ(error_of([&] { g.emplace([] {}); }), "pel::graph: a graph cannot be changed while it runs"); });
    EXPECT_EQ(g.size(), 1u);
    g.run(par.on(pool));
    a.precede(g.emplace([] {}));
    g.run(par.on(pool));
    EXPECT_EQ(g.size(), 2u);
}

TEST_P(graph_with, the_handle_of_a_run_that_is_over_may_end_while_the_graph_changes) {
    for (unsigned long round = 0; round < pel_test::scaled(200); ++round) {
        graph g;
        int value = 0;
        const auto a = g.emplace([] { return 5; });
        auto run = g.start(par.on(pool));
        run.wait();
        std::atomic<bool> has_begun{false};
        std::thread ender([&has_begun, run = std::move(run)]() mutable {
            has_begun = true;
            const pel::graph_run ended = std::move(run);
        });
        while (!has_begun) std::this_thread::yield();
        g.then([&](int n) { value = n; }, a);
        g.run(par.on(pool));
        ender.join();
        ASSERT_EQ(value, 5);
    }
}

TEST(graph, nodes_of_two_graphs_have_no_edge) {
    graph g, h;
    const auto a = g.emplace([] {});
    const auto b = h.emplace([] { return 1; });
    a.name("a");
    EXPECT_EQ(error_of([&] { a.precede(b); }),
              "pel::graph: an edge cannot lead from node 'a' to node #0, which is of another graph");
    EXPECT_THROW(g.then([](int) {}, b), graph_error);
    EXPECT_THROW(g.remove_edge(a, b), graph_error);
    EXPECT_THROW(pel::node_ref().precede(a), graph_error);
}

TEST(graph, higher_priorities_run_first) {
    pel::thread_pool pool(1);
    journal order;
    graph g;
    const auto first = g.emplace(order.entry(0));
    for (int i = 1; i <= 5; ++i) {
        const auto next = g.emplace(order.entry(i));
        next.priority(i == 3 ? 10 : -i);
        first.precede(next);
    }
    g.run(par.on(pool));
    EXPECT_EQ(order.numbers(), (std::vector{0, 3, 1, 2, 4, 5}));
    EXPECT_THROW(first.priority(1 << 20), graph_error);
}

TEST(graph, higher_priorities_run_first_also_of_many_that_are_ready_at_once_or_later) {
    pel::thread_pool pool(1);
    journal order;
    graph g;
    std::vector<pel::node<void>> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(g.emplace(order.entry(i)));
        all.back().priority(i < 100 ? i * 37 % 100 : -1 - i);
    }
    const auto late = g.emplace(order.entry(200)), later = g.emplace(order.entry(201));
    late.priority(75); // ready when those of 100 to 80 have run
    later.priority(74);
    for (const auto& each : all) {
        if (each.priority() == 80) each.precede(late, later);
    }
    const auto priority_of = [&](int number) {
        return number < 200 ? all[static_cast<std::size_t>(number)].priority() : 275 - number;
    };
    for (std::size_t run = 1; run <= 2; ++run) {
        g.run(par.on(pool));
        ASSERT_EQ(order.numbers().size(), run * 202);
        for (std::size_t i = (run - 1) * 202 + 1; i != run * 202; ++i)
            ASSERT_GE(priority_of(order.numbers()[i - 1]), priority_of(order.numbers()[i])) << i;
    }
}

TEST(graph, a_second_thread_takes_the_highest_priority_that_is_left) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    constexpr int length = 6;
    graph g;
    std::array<std::atomic<int>, 2> begun{};
    std::atomic<int> early{0};
    const auto first = g.emplace([] {});
    for (int i = 0; i < 6; ++i) {
        first.precede(g.emplace([&] {
            if (begun[0] != length || begun[1] != length) ++early;
        }));
    }
    for (std::size_t chain = 0; chain < 2; ++chain) { // one for each thread, which go hand in hand
        pel::node_ref last = first;
        for (int i = 1; i <= length; ++i) {
            const auto next = g.emplace([&, chain, i] {
                begun[chain] = i;
                while (begun[1 - chain] < i) std::this_thread::yield();
            });
            next.priority(1);
            last.precede(next);
            last = next;
        }
    }
    std::promise<void> done;
    const pel::future<void> ended = pool.submit([&] {
        for (int run = 0; run < 10; ++run) {
            for (auto& each : begun) each = 0;
            g.run();
        }
        done.set_value();
    });
    done.get_future().wait(); // not in the pool: this thread would be a third one, beside the pool's own
    EXPECT_EQ(early, 0);
}

/// Short nodes, 0 to 3, and behind them in the graph a long chain, 4 to 6.
struct hidden_chain {
    hidden_chain() {
        for (int i = 0; i < 4; ++i) first.precede(g.emplace(order.entry(i)));
        for (int i = 4; i < 7; ++i) {
            const auto next = g.emplace([entry = order.entry(i)] {
                entry();
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            });
            last.precede(next);
            last = next;
        }
    }
    std::vector<int> ran_last() const { return {order.numbers().end() - 7, order.numbers().end()}; }

    graph g;
    journal order;
    const pel::node_ref first = g.emplace([] {});
    pel::node_ref last = first;
};

TEST(graph, a_graph_that_has_learnt_begins_with_its_longest_chain) {
    pel::thread_pool pool(1);
    hidden_chain chain;
    graph& g = chain.g;
    g.run(par.on(pool));
    EXPECT_EQ(chain.order.numbers(), (std::vector{0, 1, 2, 3, 4, 5, 6}));
    for (int tries = 0; tries < 50; ++tries) { // a short node may have been interrupted for long
        g.learn();
        g.run_from(par.on(pool), chain.first); // of a part: nothing is learnt
        g.run(par.on(pool));
        g.run(par.on(pool));
        if (chain.ran_last()[0] == 4) break;
    }
    EXPECT_EQ(chain.ran_last()[0], 4);
    EXPECT_EQ(chain.ran_last()[1], 5);
}

TEST(graph, a_run_of_which_nothing_can_be_learnt_is_complete_and_the_next_one_is_measured) {
#ifdef PEL_TEST_SANITIZED
    GTEST_SKIP() << "no allocation is refused there";
#endif
    pel::thread_pool pool(1);
    hidden_chain chain;
    graph& g = chain.g;
    bool is_refused = false;
    const auto end = g.emplace([&] {
        if (is_refused) pel_test::allocations_left = 0;
    });
    chain.last.precede(end);
    for (int tries = 0; tries < 50; ++tries) { // as above
        g.learn();
        is_refused = true;
        const std::string error = pel_test::error_of<std::bad_alloc>([&] { g.run(par.on(pool)); });
        pel_test::allocations_left = std::numeric_limits<std::int64_t>::max();
        is_refused = false;
        ASSERT_EQ(error, "no error");
        ASSERT_EQ(chain.ran_last()[0], 0); // as added
        g.run(par.on(pool));
        g.run(par.on(pool));
        if (chain.ran_last()[0] == 4) break;
        g.emplace([] {}); // and all is forgotten
    }
    EXPECT_EQ(chain.ran_last()[0], 4);
}

TEST(graph, graphs_are_moved_with_all_that_is_in_them) {
    int runs = 0;
    graph g;
    const auto a = g.emplace([&] { ++runs; });
    graph h = std::move(g);
    a.precede(h.emplace([&] { ++runs; }));
    h.run();
    EXPECT_EQ(runs, 2);
}

TEST(graph, a_graph_that_was_moved_away_is_empty_and_says_so) {
    const std::string moved_away = "pel::graph: a graph is used that was moved away";
    graph g, outer;
    pel::basic_graph<int> with_context;
    const auto a = g.emplace([] { return 1; });
    const pel::node_ref b = with_context.emplace([] {});
    outer.emplace(g);
    graph h = std::move(g);
    const pel::basic_graph<int> other = std::move(with_context);
    int context = 0;
    EXPECT_EQ(g.size(), 0u); // NOLINT(bugprone-use-after-move): here and below that is what is tested
    EXPECT_TRUE(g.empty());
    EXPECT_EQ(error_of([&] { g.emplace([] {}); }), moved_away);
    EXPECT_EQ(error_of([&] { g.emplace([] {}, [] {}); }), moved_away);
    EXPECT_EQ(error_of([&] { g.emplace(h); }), moved_away);
    EXPECT_EQ(error_of([&] { g.then([](int) {}, a); }), moved_away);
    EXPECT_EQ(error_of([&] { g.branch([] { return 0; }); }), moved_away);
    EXPECT_EQ(error_of([&] { g.remove_edge(a, a); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)g.at(0); }), moved_away);
    EXPECT_EQ(error_of([&] { g.validate(); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)g.dot(); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)g.to_json(); }), moved_away);
    EXPECT_EQ(error_of([&] { g.record(); }), moved_away);
    EXPECT_EQ(error_of([&] { g.learn(); }), moved_away);
    EXPECT_EQ(error_of([&] { g.run(); }), moved_away);
    EXPECT_EQ(error_of([&] { g.run(par); }), moved_away);
    EXPECT_EQ(error_of([&] { g.run_n(2); }), moved_away);
    EXPECT_EQ(error_of([&] { g.run_until([] { return true; }); }), moved_away);
    EXPECT_EQ(error_of([&] { g.run_from(a); }), moved_away);
    EXPECT_EQ(error_of([&] { g.run_from(par, a); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)g.start(); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)g.start(par); }), moved_away);
    EXPECT_EQ(error_of([&] { with_context.run(context); }), moved_away); // NOLINT(bugprone-use-after-move): as above
    EXPECT_EQ(error_of([&] { with_context.run(par, context); }), moved_away);
    EXPECT_EQ(error_of([&] { with_context.run_from(b, context); }), moved_away);
    EXPECT_EQ(error_of([&] { with_context.run_from(par, b, context); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)with_context.start(context); }), moved_away);
    EXPECT_EQ(error_of([&] { (void)with_context.start(par, context); }), moved_away);
    EXPECT_EQ(error_of([&] { outer.run(); }), moved_away);
    g = std::move(h);
    outer.run();
    EXPECT_EQ(g.size(), 1u);
}

TEST_P(graph_with, what_was_added_to_a_node_may_be_moved_away) {
    graph g;
    std::atomic<int> runs{0};
    g.emplace([&](pel::subgraph& added) {
        added.emplace([&] { ++runs; });
        graph mine = std::move(added);
        added.detach(); // there is nothing to detach, nor to run when this node ends
        mine.run();
    });
    g.run(par.on(pool));
    EXPECT_EQ(runs, 1);
}

} // namespace graph_test
