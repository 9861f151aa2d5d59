// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
// One graph that many threads and tasks run at once, each run with a context of its own, while runs are cancelled from
// outside, end themselves early, fail, add nodes and contend for resources. Checked: a run that is complete has done all
// there is to be done, any other one only what all that comes before was done for; all units come back.
#include <pel/graph/graph.hpp>
#include <pel/graph/subgraph.hpp>
#include <pel/graph/with.hpp>
#include <pel/parallel_for.hpp>

#include "support/occupancy.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace graphs_stress {

using pel::par;
using pel::run_status;

constexpr std::size_t size = 40; // nodes that are run once
constexpr int added = 6;         // nodes that a node adds
constexpr int items = 10;        // of a loop inside

enum class fate { completes, throws, cancels, finishes };

/// What a run has, and writes: plain memory, so a missing edge would be a race.
struct context {
    std::uint64_t seed = 0;
    fate ends = fate::completes;
    std::size_t at = 0; // which node
    std::array<std::uint64_t, size> made{};
    unsigned rounds = 0;
    std::atomic<unsigned> added_runs{0}, item_runs{0};
    bool has_come_to_end = false;

    unsigned wanted_rounds() const { return 1 + static_cast<unsigned>(seed % 5); }
};

constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    a = (a ^ b) * 0x9e3779b97f4a7c15;
    return a ^ a >> 29;
}

/// A graph with a bit of everything: values that go along edges of random layers, units, nodes that add nodes, and a loop.
class everything {
public:
    explicit everything(unsigned seed) {
        std::minstd_rand random(seed);
        std::vector<pel::node_ref> nodes;
        for (std::size_t i = 0; i != size; ++i) {
            for (std::size_t e = random() % 4; i != 0 && e != 0; --e)
                before_[i].push_back(i - 1 - random() % std::min<std::size_t>(i, 8));
            nodes.push_back(add_node(i));
            for (const std::size_t each : before_[i]) nodes[each].precede(nodes[i]);
        }
        const auto round = graph.emplace([](context& run) { ++run.rounds; });
        const auto again = graph.branch([](context& run) { return run.rounds < run.wanted_rounds() ? 0 : 1; });
        const auto end = graph.emplace([](context& run) { run.has_come_to_end = true; });
        for (const pel::node_ref& each : nodes) each.precede(round);
        round.precede(again);
        again.precede(round, end);
    }

    std::uint64_t expected(const context& run, std::size_t node) const {
        std::uint64_t value = mixed(run.seed, node);
        for (const std::size_t each : before_[node]) value = mixed(value, run.made[each]);
        return value | 1;
    }
    /// Returns: whether the run did what it had to do, if it ended so.
    bool is_right(const context& run, run_status how) const {
        bool has_all = run.has_come_to_end && run.rounds == run.wanted_rounds() &&
                       run.added_runs == added * (size / 8) && run.item_runs == items * (size / 8);
        for (std::size_t i = 0; i != size; ++i) {
            has_all = has_all && run.made[i] != 0;
            if (run.made[i] == 0) continue;
            if (run.made[i] != expected(run, i)) return false;
            for (const std::size_t each : before_[i]) {
                if (run.made[each] == 0) return false;
            }
        }
        if (run.ends != fate::completes) // nor has it ended as if nothing had been
            return !run.has_come_to_end && (how == run_status::completed) <= (run.ends == fate::finishes);
        return how == run_status::cancelled ||
               (how == run_status::completed && has_all); // from outside, maybe at its end
    }
    bool are_units_back() const { return disk.available() == 1 && memory.available() == 3; }
    bool was_too_much() const { return of_disk.too_many() + of_memory.too_many() != 0; }

    pel::resource disk{1}, memory{3};
    pel_test::occupancy of_disk{1}, of_memory{3};
    pel::basic_graph<context> graph;

private:
    pel::node_ref add_node(std::size_t i) {
        if (i % 8 == 3) {
            return graph.emplace([this, i](context& run, pel::subgraph& more) {
                for (int n = 0; n != added; ++n) {
                    const auto inner = more.emplace([&run] { ++run.added_runs; });
                    if (n % 2 == 0) inner.use(memory);
                }
                if (i % 16 == 3) more.join();
                make(run, i);
            });
        }
        const auto node = graph.emplace([this, i](context& run, pel::run_control& control) {
            const unsigned units = i % 8 == 5 ? 1 + static_cast<unsigned>(i / 8) % 3 : 0;
            const unsigned disks = i % 8 == 6 || i % 8 == 5 ? 1 : 0;
            of_disk.come(disks);
            of_memory.come(units);
            if (i % 8 == 7) pel::parallel_for(0, items, [&](int) { ++run.item_runs; });
            if (run.ends == fate::cancels && run.at == i) control.cancel();
            if (run.ends == fate::finishes && run.at == i) control.finish();
            of_memory.go(units);
            of_disk.go(disks);
            if (run.ends == fate::throws && run.at == i) throw std::out_of_range("a node");
            make(run, i);
        });
        if (i % 8 == 5) node.use({{memory, 1 + static_cast<unsigned>(i / 8) % 3}, disk});
        if (i % 8 == 6) node.use(disk);
        if (i % 8 == 1) node.priority(static_cast<int>(i % 3));
        return node;
    }
    void make(context& run, std::size_t i) const { run.made[i] = expected(run, i); }

    std::array<std::vector<std::size_t>, size> before_;
};

/// A run and what became of it.
struct one_run {
    context own;
    std::optional<pel::graph_run> run;

    void begin(everything& of, pel::thread_pool& pool, std::minstd_rand& random) {
        own.seed = random();
        own.ends = random() % 3 != 0 ? fate::completes : static_cast<fate>(1 + random() % 3);
        do own.at = random() % size;
        while (own.at % 8 == 3);
        run.emplace(of.graph.start(par.on(pool), own));
    }
    bool is_right(const everything& of) const {
        try {
            run->wait();
        } catch (const std::exception&) { // operation_cancelled, or the node's
        }
        return of.is_right(own, run->status());
    }
};

/// Starts runs, several at once, and has some cancelled by another thread meanwhile.
class starter {
public:
    starter(everything& of, pel::thread_pool& pool, unsigned seed) : of_(of), pool_(pool), random_(seed) {}

    void run_some(int rounds) {
        for (int round = 0; round != rounds; ++round) {
            std::array<one_run, 6> runs;
            for (one_run& each : runs) each.begin(of_, pool_, random_);
            std::thread canceller([&, pauses = random_() % 200] {
                for (std::size_t i = 0; i < pauses; ++i) std::this_thread::yield();
                for (std::size_t i = 0; i < runs.size(); i += 3) runs[i].run->cancel();
            });
            for (const one_run& each : runs) {
                if (!each.is_right(of_)) ++wrong;
                if (each.run->status() == run_status::completed) ++completed;
            }
            canceller.join();
            context own;
            own.seed = random_();
            of_.graph.run(par.on(pool_), own);
            if (!of_.is_right(own, run_status::completed)) ++wrong;
        }
    }

    unsigned wrong = 0, completed = 0;

private:
    everything& of_;
    pel::thread_pool& pool_;
    std::minstd_rand random_;
};

class graphs_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(graphs_on);

TEST_P(graphs_on, stress_of_runs_of_one_graph_that_contend_fail_and_are_cancelled) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    unsigned completed = 0;
    for (unsigned long round = 0; round != pel_test::scaled(10); ++round) {
        everything of(seed + static_cast<unsigned>(round));
        if (round % 2 == 1) of.graph.learn();
        std::vector<starter> starters;
        for (unsigned i = 0; i != 4; ++i) starters.emplace_back(of, pool, seed + 17 * i);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i != 2; ++i) threads.emplace_back([&, i] { starters[i].run_some(10); });
        auto inside = pool.submit([&] { starters[2].run_some(10); });
        starters[3].run_some(10);
        inside.get();
        for (std::thread& each : threads) each.join();
        for (const starter& each : starters) {
            ASSERT_EQ(each.wrong, 0U) << round;
            completed += each.completed;
        }
        ASSERT_TRUE(of.are_units_back());
        ASSERT_FALSE(of.was_too_much());
    }
    EXPECT_GT(completed, 0U);
    pel_test::expect_balanced(pool);
}

/// Ends of runs and cancellations from several threads, as close as can be.
TEST_P(graphs_on, stampede_of_cancellations_at_the_end_of_a_run) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    pel::basic_graph<std::atomic<int>> graph;
    pel::node_ref last = graph.emplace([](std::atomic<int>& nodes) { ++nodes; });
    for (int i = 0; i != 5; ++i) {
        const pel::node_ref next = graph.emplace([](std::atomic<int>& nodes) { ++nodes; });
        last.precede(next);
        last = next;
    }
    std::optional<pel::graph_run> run;
    std::atomic<unsigned> begun{0}, over{0};
    std::atomic<bool> is_enough{false};
    std::vector<std::thread> cancellers;
    for (int i = 0; i != 2; ++i) {
        cancellers.emplace_back([&] {
            for (unsigned seen = 0; !is_enough;) {
                if (begun == seen) {
                    std::this_thread::yield();
                    continue;
                }
                seen = begun;
                run->cancel();
                ++over;
            }
        });
    }
    unsigned wrong = 0;
    for (unsigned round = 1; round <= pel_test::scaled(2'000); ++round) {
        std::atomic<int> nodes{0};
        run.emplace(graph.start(par.on(pool), nodes));
        begun = round;
        try {
            run->wait();
            wrong += nodes != 6 || run->status() != run_status::completed;
        } catch (const pel::operation_cancelled&) {
            wrong += run->status() != run_status::cancelled;
        }
        pel_test::await([&] { return over == 2 * round; });
        run.reset();
    }
    is_enough = true;
    for (std::thread& each : cancellers) each.join();
    EXPECT_EQ(wrong, 0U);
    pel_test::expect_balanced(pool);
}

/// Tasks of all kinds, graphs and locks that want random units, of which some are cancelled.
TEST_P(graphs_on, stress_of_resources) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(seed);
    pel::resource a(1), b(4);
    pel_test::occupancy of_a(1), of_b(4);
    std::atomic<std::size_t> runs{0}, wrong{0};
    const auto make_some = [&](unsigned number) {
        std::minstd_rand random(seed + number);
        for (unsigned long round = 0; round != pel_test::scaled(200); ++round) {
            const auto of = [&](unsigned units) {
                return [&, units] {
                    of_a.come(1);
                    of_b.come(units);
                    ++runs;
                    of_b.go(units);
                    of_a.go(1);
                };
            };
            std::vector<pel::task_handle<void>> tasks;
            std::vector<pel::future<void>> futures;
            pel::task_group group(pool), cancelled(pool);
            for (int i = 0; i != 10; ++i) {
                const unsigned units = 1 + static_cast<unsigned>(random() % 4);
                const pel::resource_units wanted(b, units);
                tasks.push_back(pel::spawn_after(pool, {}, pel::with({wanted, a}, of(units))));
                if (random() % 2 == 0)
                    tasks.push_back(pel::spawn_after(pool, {tasks[random() % tasks.size()]}, pel::with({b, a}, of(1))));
                futures.push_back(pool.submit(pel::with({a, wanted}, of(units))));
                pel::run_with(random() % 2 == 0 ? group : cancelled, {wanted, a}, of(units));
                if (random() % 8 == 0) {
                    const pel::resource_lock lock({wanted, a});
                    of(units)();
                }
            }
            cancelled.cancel();
            std::vector<bool> are_cancelled;
            for (const pel::task_ref& each : tasks) are_cancelled.push_back(random() % 3 == 0 && each.cancel());
            for (std::size_t i = 0; i != tasks.size(); ++i) {
                try {
                    tasks[i].get();
                    wrong += are_cancelled[i];
                } catch (const pel::operation_cancelled&) { // it, or what it was to begin after
                }
            }
            for (pel::future<void>& each : futures) each.get();
            wrong += group.wait() != pel::group_status::completed;
            (void)cancelled.wait();
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i != 3; ++i) threads.emplace_back([&, i] { make_some(i); });
    make_some(3);
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_GT(runs, 0U);
    EXPECT_EQ(of_a.too_many() + of_b.too_many(), 0U);
    EXPECT_EQ(a.available(), 1U);
    EXPECT_EQ(b.available(), 4U);
    pel_test::expect_balanced(pool);
}

} // namespace graphs_stress
