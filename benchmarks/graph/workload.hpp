// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// graph: task graphs of nodes that only count how often they ran: what does a node cost? graph_SHAPE: a graph that is there
// is run again (OpenMP makes its tasks anew each time: it keeps no graphs). graph_rerun_SHAPE: the same with 1024 nodes.
// graph_once_SHAPE: built, run once and thrown away. graph_build_SHAPE: built, made ready to run, and thrown away.
// graph_wavefront_1us: nodes of about 1 µs. graph_64x100us: 64 independent nodes of 100 µs. graph_requests: requests.hpp.
// graph_hidden_chain: hidden_chain.hpp.
// Before each, a graph of the same shape is run whose nodes check that all that come before them have run.
// Runtime tbb_lightweight: nodes that call each other, and are never shared. Work: n nodes. Span: the longest chain.
// Counters: ns_per_node; allocations in a run again; bytes_per_node of a graph that has run, without the functions.
#pragma once

#include "allocations.hpp"
#include "shapes.hpp"
#include "support/benchmark.hpp"
#include "support/chain.hpp"
#include "support/dag.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace workload {

inline constexpr std::uint32_t few_nodes = 1'024;
inline std::uint32_t nodes() { return static_cast<std::uint32_t>(bench::size(100'000, 10'000)); }

// What nodes do: each adds the same to a number of its own, every time.

struct counting {
    std::uint32_t* sum;

    static std::uint32_t once() { return 1; }
    void operator()() const { ++*sum; }
};
struct chain_of_1us {
    static constexpr std::uint32_t steps = 830;
    std::uint32_t* sum;

    static std::uint32_t once() { return bench::chain(1, steps); }
    void operator()() const { *sum += bench::chain(1, bench::unknown(steps)); }
};
struct spin_of_100us {
    std::uint32_t* sum;

    static std::uint32_t once() { return 1; }
    void operator()() const {
        bench::spin_for(std::chrono::microseconds(100));
        ++*sum;
    }
};

/// A node that checks whether all that come before it have run as often as it is about to.
struct checking {
    const bench::dag* shape;
    std::uint32_t* runs; ///< of all nodes
    std::uint32_t node;

    void operator()() const {
        std::uint32_t& mine = runs[node];
        const std::span<const std::uint32_t> before = shape->before(node);
        const bool is_right =
            std::all_of(before.begin(), before.end(), [&](std::uint32_t each) { return runs[each] == mine + 1; });
        mine += is_right ? 1 : 1'000;
    }
};

template <class Graphs>
bool runs_in_order(typename Graphs::workers& workers, const bench::dag& shape) {
    constexpr std::uint32_t times = 3;
    std::vector<std::uint32_t> runs(shape.size(), 0);
    const auto function = [&](std::uint32_t node) { return checking{&shape, runs.data(), node}; };
    typename Graphs::template graph<decltype(function)> graph(workers, shape, function);
    for (std::uint32_t i = 0; i != times; ++i) graph.run();
    return std::all_of(runs.begin(), runs.end(), [](std::uint32_t each) { return each == times; });
}

/// What nodes of type Node have added up, and the functions of a graph of them.
template <class Node>
class sums {
public:
    explicit sums(const bench::dag& shape) : of_each_(shape.size(), 0) {}

    auto function() {
        return [first = of_each_.data()](std::uint32_t node) { return Node{first + node}; };
    }
    bool are_of(std::uint32_t runs) const {
        const std::uint32_t expected = runs * Node::once();
        return std::all_of(of_each_.begin(), of_each_.end(), [=](std::uint32_t each) { return each == expected; });
    }

private:
    std::vector<std::uint32_t> of_each_;
};
template <class Graphs, class Node>
using graph_of = typename Graphs::template graph<decltype(std::declval<sums<Node>&>().function())>;

/// Times call(), which runs all nodes once. They have run already as often as `before` says.
template <class Node, class Call>
void measure_calls(benchmark::State& state, const sums<Node>& sums, std::uint32_t nodes, std::uint32_t before,
                   const Call& call) {
    const bench::clock::time_point start = bench::clock::now();
    for (auto _ : state) {
        call();
        benchmark::ClobberMemory();
    }
    const double seconds = bench::seconds_since(start) / static_cast<double>(state.iterations());
    state.counters["ns_per_node"] = seconds * 1e9 / nodes;
    if (!sums.are_of(before + static_cast<std::uint32_t>(state.iterations()))) bench::fail(state);
}

/// A graph that is there, run again and again.
template <class Graphs, class Node>
void measure_runs(benchmark::State& state, const bench::dag& shape, unsigned count) {
    typename Graphs::workers workers(count);
    if (!runs_in_order<Graphs>(workers, shape)) return bench::fail(state);
    sums<Node> all(shape);
    graph_of<Graphs, Node> graph(workers, shape, all.function());
    graph.run();
    std::int64_t allocations = 0;
    {
        const allocation_watch watch;
        graph.run();
        allocations = watch.calls();
    }
    measure_calls(state, all, shape.size(), 2, [&] { graph.run(); });
    if constexpr (Graphs::uses_malloc) state.counters["allocations"] = static_cast<double>(allocations);
}

/// Built, run once and thrown away.
template <class Graphs, class Node>
void measure_once(benchmark::State& state, const bench::dag& shape, unsigned count) {
    typename Graphs::workers workers(count);
    if (!runs_in_order<Graphs>(workers, shape)) return bench::fail(state);
    sums<Node> all(shape);
    measure_calls(state, all, shape.size(), 0, [&] {
        graph_of<Graphs, Node> graph(workers, shape, all.function());
        graph.run();
    });
}

/// Built, made ready and thrown away; what it holds, once it has run.
template <class Graphs>
void measure_build(benchmark::State& state, const bench::dag& shape, unsigned count) {
    typename Graphs::workers workers(count);
    if (!runs_in_order<Graphs>(workers, shape)) return bench::fail(state);
    sums<counting> all(shape);
    double bytes = 0;
    {
        const allocation_watch watch;
        graph_of<Graphs, counting> graph(workers, shape, all.function());
        graph.run();
        bytes = static_cast<double>(watch.bytes());
    }
    const bench::clock::time_point start = bench::clock::now();
    for (auto _ : state) {
        graph_of<Graphs, counting> graph(workers, shape, all.function());
        graph.make_ready();
    }
    const double seconds = bench::seconds_since(start) / static_cast<double>(state.iterations());
    if (!all.are_of(1)) bench::fail(state);
    state.counters["ns_per_node"] = seconds * 1e9 / shape.size();
    state.counters["bytes_per_node"] = bytes / shape.size() - static_cast<double>(sizeof(counting));
}

/// Registers measure(state, workers) as graph_NAME.
inline void add(const std::string& name, const char* runtime, unsigned counts, bench::registration::body measure,
                bench::runs when = bench::runs::all) {
    const bench::registration one("graph_" + name, runtime, counts, std::move(measure), when);
}

/// Registers what runs a graph of this shape again.
template <class Graphs>
bool register_shape(const named_shape& shape, const char* runtime, unsigned counts, bench::runs when) {
    const auto measure = [shape](benchmark::State& state, unsigned count) {
        measure_runs<Graphs, counting>(state, shape.make(nodes()), count);
    };
    add(shape.name, runtime, counts, measure, when);
    return true;
}

/// Registers all that runs graphs.
template <class Graphs>
bool register_runs(const char* runtime, unsigned counts) {
    for (const named_shape& shape : shapes) {
        const auto once = [shape](benchmark::State& state, unsigned count) {
            measure_once<Graphs, counting>(state, shape.make(nodes()), count);
        };
        const auto few = [shape](benchmark::State& state, unsigned count) {
            measure_runs<Graphs, counting>(state, shape.make(few_nodes), count);
        };
        register_shape<Graphs>(shape, runtime, counts, bench::runs::all);
        add(std::string("once_") + shape.name, runtime, counts, once, bench::runs::unless_quick);
        add(std::string("rerun_") + shape.name, runtime, counts, few);
    }
    add("wavefront_1us", runtime, counts, [](benchmark::State& state, unsigned count) {
        measure_runs<Graphs, chain_of_1us>(state, wavefront(nodes() / 10), count);
    });
    add("64x100us", runtime, counts,
        [](benchmark::State& state, unsigned count) { measure_runs<Graphs, spin_of_100us>(state, many(64), count); });
    return true;
}

/// Registers what builds them.
template <class Graphs>
bool register_builds(const char* runtime) {
    for (const named_shape& shape : shapes) {
        add(std::string("build_") + shape.name, runtime, 1, [shape](benchmark::State& state, unsigned count) {
            measure_build<Graphs>(state, shape.make(nodes()), count);
        });
    }
    return true;
}

} // namespace workload
