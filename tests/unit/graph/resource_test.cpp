// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/graph/graph.hpp>
#include <pel/graph/resource.hpp>
#include <pel/parallel_for.hpp>

#include "support/occupancy.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

namespace resource_test {

using pel::graph;
using pel::par;
using pel::resource;
using pel::resource_units;
using pel_test::occupancy;

class resource_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(resource_with);

TEST_P(resource_with, no_more_nodes_than_units_run_at_once) {
    resource disk(2);
    occupancy inside(2);
    graph g;
    const auto first = g.emplace([] {});
    for (int i = 0; i < 200; ++i) {
        const auto node = g.emplace([&] {
            inside.come();
            std::this_thread::yield();
            inside.go();
        });
        node.use(disk);
        first.precede(node);
    }
    g.run_n(3, par.on(pool));
    EXPECT_EQ(inside.too_many(), 0U);
    EXPECT_EQ(inside.visits(), 600U);
    EXPECT_EQ(disk.available(), 2u);
}

TEST_P(resource_with, nodes_take_several_units_of_several_resources_and_never_wait_in_a_circle) {
    resource a(1), b(3);
    occupancy in_a(1), in_b(3);
    std::mt19937 random(1);
    graph g;
    for (int i = 0; i < 300; ++i) {
        const auto of_b = static_cast<unsigned>(1 + random() % 3);
        const auto node = g.emplace([&, of_b] {
            in_a.come();
            in_b.come(of_b);
            in_a.go();
            in_b.go(of_b);
        });
        if (i % 3 == 0) {
            node.use({{b, of_b}, {a, 1}});
        } else if (i % 3 == 1) {
            node.use({{a, 1}, {b, of_b}});
        } else {
            node.use(resource_units(b, of_b));
            node.use(a);
        }
    }
    g.run(par.on(pool));
    EXPECT_EQ(in_a.too_many() + in_b.too_many(), 0U);
}

TEST(resource, what_many_nodes_need_is_kept_in_lists_of_their_own) {
    const pel_test::watchdog guard; // in the square of their number these would take minutes
    resource a(1), b(4);
    graph g;
    std::atomic<unsigned> runs{0};
    std::vector<pel::node_ref> nodes;
    const auto count = static_cast<unsigned>(pel_test::scaled(100'000));
    for (unsigned i = 0; i != count; ++i) nodes.push_back(g.emplace([&] { ++runs; }));
    for (const pel::node_ref& each : nodes) each.use(b);
    for (const pel::node_ref& each : nodes) each.use({{b, 2}, {a, 1}}); // b: 3 in all
    EXPECT_THROW(nodes.front().use({{a, 1}}), std::invalid_argument);
    EXPECT_THROW(nodes.back().use({{b, 2}}), std::invalid_argument);
    g.run();
    EXPECT_EQ(runs, count);
    EXPECT_EQ(a.available() + b.available(), 5u);
}

TEST_P(resource_with, one_resource_limits_graphs_tasks_and_loops_together) {
    resource licence(3);
    occupancy inside(3);
    const auto visit = [&] {
        inside.come();
        inside.go();
    };
    graph g;
    for (int i = 0; i < 50; ++i) g.emplace(visit).use(licence);
    pool.execute([&] {
        pel::task_group group;
        for (int i = 0; i < 100; ++i) pel::run_with(group, {licence}, visit);
        group.run([&] { g.run(); });
        group.run([&] {
            pel::parallel_for(0, 50, [&](int) {
                const pel::resource_lock lock(licence);
                visit();
            });
        });
        EXPECT_EQ(group.wait(), pel::group_status::completed);
    });
    EXPECT_EQ(inside.too_many(), 0U);
    EXPECT_EQ(inside.visits(), 200U);
    EXPECT_EQ(licence.available(), 3u);
}

TEST_P(resource_with, units_come_back_when_a_holder_throws_or_is_cancelled) {
    resource licence(1);
    graph g;
    std::atomic<int> runs{0};
    for (int i = 0; i < 50; ++i) {
        g.emplace([&] {
             if (++runs == 3) throw std::out_of_range("third");
         }).use(licence);
    }
    EXPECT_THROW(g.run(par.on(pool)), std::out_of_range);
    EXPECT_EQ(licence.available(), 1u);
    pool.execute([&] {
        pel::task_group group;
        for (int i = 0; i < 50; ++i) pel::run_with(group, {licence}, [] { throw std::out_of_range("any"); });
        EXPECT_THROW((void)group.wait(), std::out_of_range);
    });
    EXPECT_EQ(licence.available(), 1u);
    g.run(par.on(pool));
    EXPECT_EQ(licence.available(), 1u);
}

TEST_P(resource_with, who_wants_many_is_not_passed_by) {
    resource memory(4);
    std::atomic<int> visits{0};
    int before = -1;
    pool.execute([&] {
        pel::task_group group;
        const auto visit = [&] {
            ++visits;
            std::this_thread::yield();
        };
        std::optional<pel::resource_lock> one(std::in_place, memory);
        for (int i = 0; i < 11; ++i) pel::run_with(group, {memory}, visit);
        EXPECT_EQ(group.wait(), pel::group_status::completed);
        pel::run_with(group, {{memory, 4}}, [&] { before = visits; });
        for (int i = 0; i < 500; ++i) pel::run_with(group, {memory}, visit);
        EXPECT_EQ(memory.available(), 3u) << "there is one for each, but not before its turn";
        one.reset();
        for (int i = 0; i < 500; ++i) pel::run_with(group, {memory}, visit);
        EXPECT_EQ(group.wait(), pel::group_status::completed);
    });
    EXPECT_EQ(before, 11) << "those that came before have been there, and no other";
    EXPECT_EQ(visits, 1011);
}

TEST_P(resource_with, a_million_claims_of_one_unit_and_of_several_get_them_in_their_order) {
    constexpr unsigned most = 5;
    constexpr int at_once = 500; // of 10^6 over all pools
    resource memory(most);
    std::mt19937 random(1);
    for (unsigned long round = 0; round != pel_test::scaled(500); ++round) {
        std::atomic<int> begun{0}, out_of_turn{0};
        pel::task_group group(pool);
        for (int i = 0; i < at_once; ++i) {
            const auto wanted = static_cast<unsigned>(random() % 4 == 0 ? 1 + random() % most : 1);
            pel::run_with(group, {{memory, wanted}}, [&, i, wanted] {
                const int earlier = begun++; // all that came before it, but those that have the rest of the units
                if (earlier < i - static_cast<int>(most - wanted)) ++out_of_turn;
                if (wanted == most && earlier != i) ++out_of_turn; // and none that came after it
            });
        }
        ASSERT_EQ(group.wait(), pel::group_status::completed);
        ASSERT_EQ(begun, at_once);
        ASSERT_EQ(out_of_turn, 0);
        ASSERT_EQ(memory.available(), most);
    }
}

TEST_P(resource_with, a_run_that_is_cancelled_does_not_wait_for_units_that_others_have) {
    resource disk(1), memory(2);
    graph g;
    std::atomic<int> begun{0}, runs{0};
    const auto first = g.emplace([&] { ++begun; });
    for (int i = 0; i < 20; ++i) {
        const auto node = g.emplace([&] { ++runs; });
        i % 2 == 0 ? node.use(disk) : node.use({{memory, 2}, {disk, 1}}); // these hold the memory while they wait
        first.precede(node);
    }
    const auto wait_for_begin = [&] {
        while (begun == 0) std::this_thread::yield();
        begun = 0;
    };
    {
        const pel::resource_lock lock(disk); // the waiter itself has it
        auto run = g.start(par.on(pool));
        if (GetParam() > 1) wait_for_begin();
        run.cancel();
        EXPECT_THROW(run.wait(), pel::operation_cancelled);
        EXPECT_EQ(memory.available(), 2u);

        std::stop_source source;
        begun = 0;
        std::thread stopper([&] {
            wait_for_begin();
            source.request_stop();
        });
        EXPECT_THROW(g.run(par.on(pool).stop(source.get_token())), pel::operation_cancelled);
        stopper.join();
        EXPECT_EQ(memory.available(), 2u);

        pel::task_group around(pool); // whose cancellation reaches the run inside
        around.run([&] { g.run(); });
        std::thread canceller([&] {
            wait_for_begin();
            around.cancel();
        });
        EXPECT_EQ(around.wait(), pel::group_status::cancelled);
        canceller.join();
    }
    EXPECT_EQ(runs, 0);
    EXPECT_EQ(memory.available(), 2u);
    EXPECT_EQ(disk.available(), 1u);
    g.run(par.on(pool));
    EXPECT_EQ(runs, 20);
}

TEST_P(resource_with, a_run_that_fails_does_not_wait_for_units_that_others_have) {
    resource disk(1);
    graph g;
    std::atomic<int> runs{0};
    g.emplace([&] { ++runs; }).use(disk);
    g.emplace([] { throw std::out_of_range("here"); });
    const pel::resource_lock lock(disk);
    EXPECT_THROW(g.run(par.on(pool)), std::out_of_range);
    EXPECT_EQ(runs, 0);
}

TEST_P(resource_with, a_group_that_is_cancelled_does_not_wait_for_units_that_others_have) {
    resource disk(1);
    std::atomic<int> runs{0};
    {
        const pel::resource_lock lock(disk);
        pel::task_group group(pool);
        for (int i = 0; i < 50; ++i) pel::run_with(group, {disk}, [&] { ++runs; });
        group.cancel();
        EXPECT_EQ(group.wait(), pel::group_status::cancelled);
    }
    EXPECT_EQ(runs, 0);
    EXPECT_EQ(disk.available(), 1u);
}

TEST_P(resource_with, who_waits_behind_one_that_gives_up_gets_what_there_is) {
    resource memory(4);
    std::atomic<int> runs{0};
    pel::task_group many(pool), few(pool);
    {
        const pel::resource_lock lock({{memory, 2}});
        pel::run_with(many, {{memory, 4}}, [&] { runs += 100; });
        for (int i = 0; i < 10; ++i) pel::run_with(few, {memory}, [&] { ++runs; });
        EXPECT_EQ(runs, 0);
        many.cancel();
        EXPECT_EQ(few.wait(), pel::group_status::completed);
        EXPECT_EQ(many.wait(), pel::group_status::cancelled);
    }
    EXPECT_EQ(runs, 10);
    EXPECT_EQ(memory.available(), 4u);
}

TEST_P(resource_with, units_are_given_while_claims_are_withdrawn) {
    resource disk(1), memory(2);
    std::atomic<int> runs{0};
    for (unsigned long round = 0; round != pel_test::scaled(300); ++round) {
        pel::task_group one(pool), other(pool);
        for (int i = 0; i < 8; ++i) {
            pel::run_with(i % 2 == 0 ? one : other, {{disk, 1}, {memory, 1 + static_cast<unsigned>(i) % 2}},
                          [&] { ++runs; });
        }
        one.cancel();
        (void)one.wait();
        EXPECT_EQ(other.wait(), pel::group_status::completed);
        ASSERT_EQ(disk.available(), 1u);
        ASSERT_EQ(memory.available(), 2u);
    }
    EXPECT_GE(runs, static_cast<int>(4 * pel_test::scaled(300)));
}

TEST(resource, threads_of_no_pool_wait_for_their_turn) {
    const pel_test::watchdog guard;
    resource licence(1);
    occupancy inside(1);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int turn = 0; turn < 200; ++turn) {
                const pel::resource_lock lock(licence);
                inside.come();
                inside.go();
            }
        });
    }
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(inside.too_many(), 0U);
}

TEST(resource, what_cannot_be_had_is_an_error) {
    EXPECT_THROW(resource(0), std::invalid_argument);
    resource few(2);
    graph g;
    const auto node = g.emplace([] {});
    EXPECT_THROW(node.use({{few, 3}}), std::invalid_argument);
    EXPECT_THROW(node.use({{few, 0}}), std::invalid_argument);
    EXPECT_THROW(node.use({{few, 2}, {few, 0xffff'ffffU}}), std::invalid_argument);
    node.use({{few, 2}});
    EXPECT_THROW(node.use(few), std::invalid_argument); // three in all
    EXPECT_THROW(pel::resource_lock({{few, 3}}), std::invalid_argument);
    pel::task_group group;
    EXPECT_THROW(pel::run_with(group, {{few, 3}}, [] {}), std::invalid_argument);
    g.run();
}

} // namespace resource_test
