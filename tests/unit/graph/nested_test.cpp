// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parallel work inside of nodes, and runs inside of parallel work that ends them.
// test label: graph
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/graph/graph.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/task_group.hpp>

#include "support/scale.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace nested_test {

using pel::graph;
using pel::par;

class nested_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(nested_with);

int fib(int n) {
    if (n < 2) return n;
    int a = 0, b = 0;
    pel::parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
}

std::vector<std::uint32_t> shuffled(std::size_t count, std::uint32_t seed) {
    std::vector<std::uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0U);
    std::shuffle(all.begin(), all.end(), std::mt19937(seed));
    return all;
}

TEST_P(nested_with, nodes_fork_spawn_and_call_algorithms) {
    static constexpr std::size_t size = 20'000;
    graph g;
    std::atomic<int> ended{0};
    for (std::uint32_t each = 0; each < 6; ++each) {
        const auto forks = g.emplace([] { return fib(12); });
        const auto tasks = g.emplace([] {
            std::atomic<int> sum{0};
            pel::task_group group;
            for (int i = 0; i < 100; ++i) group.run([&sum, i] { sum += i; });
            EXPECT_EQ(group.wait(), pel::group_status::completed);
            return sum.load();
        });
        const auto sorted = g.emplace([each] {
            auto all = shuffled(size, each);
            pel::sort(par, all.begin(), all.end(), std::greater<>());
            return all;
        });
        const auto sum = g.then(
            [](const std::vector<std::uint32_t>& all) {
                return pel::reduce(par, all.begin(), all.end(), std::uint64_t{0});
            },
            sorted);
        g.then(
            [&ended](int f, int t, const std::vector<std::uint32_t>& all, std::uint64_t total) {
                EXPECT_EQ(f, 144);
                EXPECT_EQ(t, 4950);
                EXPECT_EQ(all.size(), size);
                EXPECT_TRUE(std::is_sorted(all.rbegin(), all.rend()));
                EXPECT_EQ(all.back(), 0U);
                EXPECT_EQ(total, std::uint64_t{size} * (size - 1) / 2);
                ++ended;
            },
            forks, tasks, sorted, sum);
    }
    for (int run = 1; run <= 3; ++run) {
        g.run(par.on(pool));
        EXPECT_EQ(ended, 6 * run);
    }
}

/// Lets other threads have work of this one until it is so.
template <class Predicate>
void serve_until(const Predicate& is_so) {
    while (!is_so()) pel::parallel_for(0, 64, [](int) { std::this_thread::yield(); });
}

TEST_P(nested_with, an_exception_of_a_fork_around_a_run_ends_it_and_the_graph_runs_again) {
    const bool is_shared = GetParam() > 1; // else one branch of the fork comes after the other
    std::atomic<bool> has_faults{false}, has_begun{false};
    std::atomic<int> sources{0}, joins{0}, early{0};
    graph g;
    const auto join = g.emplace([&] {
        ++joins;
        if (sources != 5) ++early;
    });
    join.succeed(g.emplace([&](pel::run_control& run) {
        has_begun = true;
        if (has_faults && is_shared) serve_until([&] { return run.stop_requested(); });
        ++sources;
    }));
    for (int each = 1; each < 5; ++each) join.succeed(g.emplace([&] { ++sources; }));

    const auto run = [&] { g.run(); };
    const auto fail = [&] {
        if (is_shared) serve_until([&] { return has_begun.load(); });
        throw std::out_of_range("around");
    };
    const auto run_around = [&](const auto& first, const auto& second) {
        pool.submit([&] { pel::parallel_invoke(first, second); }).get();
    };
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        has_faults = true;
        has_begun = false;
        sources = joins = 0;
        if (round % 2 == 0)
            EXPECT_THROW(run_around(run, fail), std::out_of_range);
        else
            EXPECT_THROW(run_around(fail, run), std::out_of_range);
        if (is_shared) {
            EXPECT_EQ(joins, 0) << "a node after one that was running when the run ended";
        }
        has_faults = false;
        for (int again = 0; again < 2; ++again) {
            sources = joins = 0;
            g.run(par.on(pool));
            EXPECT_EQ(sources, 5);
            EXPECT_EQ(joins, 1);
        }
        ASSERT_EQ(early, 0);
    }
}

} // namespace nested_test
