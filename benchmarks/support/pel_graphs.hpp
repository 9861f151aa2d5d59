// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task graph with PEL.
#pragma once

#include "dag.hpp"
#include "pel_workers.hpp"

#include <pel/graph/graph.hpp>

#include <vector>

namespace bench {

/// function(i) returns what node i runs.
template <class Graph, class Function>
void add_nodes(Graph& graph, const dag& shape, const Function& function) {
    std::vector<pel::node<void>> nodes;
    nodes.reserve(shape.size());
    for (std::uint32_t i = 0; i != shape.size(); ++i) {
        const pel::node<void> made = graph.emplace(function(i));
        for (const std::uint32_t each : shape.before(i)) nodes[each].precede(made);
        nodes.push_back(made);
    }
}

/// Runs again as often as wanted.
class pel_graph {
public:
    template <class Function>
    pel_graph(pel_workers& pel, const dag& shape, const Function& function) : pel_(pel) {
        add_nodes(graph_, shape, function);
    }

    void run() { graph_.run(pel_.policy()); }
    /// Does what the first run would do.
    void make_ready() { graph_.validate(); }
    /// The next run is measured, and those after it go by that.
    void learn() { graph_.learn(); }

private:
    pel_workers& pel_;
    pel::graph graph_;
};

struct pel_graphs {
    using workers = pel_workers;
    static constexpr bool uses_malloc = true;
    template <class>
    using graph = pel_graph;
};

} // namespace bench
