// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// graph_requests: 64 runs of one graph of 100 nodes at once, each with a request of its own: every node computes a number
// from the request's first one and those of the nodes before it. graph_requests_1us: with some 1 µs of work in each node.
// Where a graph has no contexts, there are 64 graphs. Runtimes: pel starts all and waits for all; pel_loop runs them in a parallel
// loop; pel_sequential runs one after the other.
#pragma once

#include "shapes.hpp"
#include "support/benchmark.hpp"
#include "support/chain.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace workload {

inline constexpr std::uint32_t nodes_of_request = 100, requests = 64;

struct request {
    std::uint32_t seed = 0;
    std::array<std::uint32_t, nodes_of_request> values{};

    bool operator==(const request&) const = default;
};

/// Fills in a value, from those of the nodes before it.
struct request_node {
    const bench::dag* shape;
    std::uint32_t node;
    std::uint32_t steps;

    void operator()(request& of) const {
        std::uint32_t sum = of.seed + node;
        for (const std::uint32_t each : shape->before(node)) sum += of.values[each];
        of.values[node] = bench::chain(sum, steps);
    }
};

/// Times Way(workers, shape, steps, requests).run().
template <class Way>
void measure_requests(benchmark::State& state, std::uint32_t steps, unsigned count) {
    const bench::dag shape = traversal(nodes_of_request);
    std::vector<request> all(requests), expected(requests);
    for (std::uint32_t i = 0; i != requests; ++i) {
        expected[i].seed = i;
        for (std::uint32_t node = 0; node != shape.size(); ++node) request_node{&shape, node, steps}(expected[i]);
    }
    typename Way::workers workers(count);
    Way way(workers, shape, bench::unknown(steps), all);
    bench::measure_changes(
        state,
        [&] {
            for (std::uint32_t i = 0; i != requests; ++i) all[i] = {.seed = i, .values = {}};
        },
        [&] { way.run(); }, [&] { return all == expected; });
}

template <class Way>
bool register_requests(const char* runtime, unsigned counts) {
    const auto add = [&](const char* name, std::uint32_t steps) {
        const bench::registration one(name, runtime, counts, [steps](benchmark::State& state, unsigned count) {
            measure_requests<Way>(state, steps, count);
        });
    };
    add("graph_requests", 0);
    add("graph_requests_1us", 830);
    return true;
}

/// A graph for each request: Graphs::graph whose nodes know it.
template <class Graphs>
class graph_of_each {
public:
    using workers = typename Graphs::workers;

    graph_of_each(workers& on, const bench::dag& shape, std::uint32_t steps, std::vector<request>& all) : on_(on) {
        for (request& each : all) graphs_.emplace_back(on, shape, function{&shape, &each, steps});
    }

    void run() {
        on_.run([this] {
            for (auto& each : graphs_) each.start();
            for (auto& each : graphs_) each.wait();
        });
    }

private:
    struct function {
        const bench::dag* shape;
        request* of;
        std::uint32_t steps;
        auto operator()(std::uint32_t node) const {
            return [each = request_node{shape, node, steps}, to = of] { each(*to); };
        }
    };

    workers& on_;
    std::deque<typename Graphs::template graph<function>> graphs_;
};

} // namespace workload
