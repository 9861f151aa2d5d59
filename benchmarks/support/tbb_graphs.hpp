// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task graph with oneTBB: a continue_node for each node.
#pragma once

#include "dag.hpp"
#include "tbb_workers.hpp"

#include <tbb/flow_graph.h>

#include <deque>
#include <optional>

namespace bench {

/// Runs again as often as wanted. Policy: none, or flow::lightweight: a node is run inside of the one that made it ready, so
/// there are no tasks to share, and a chain takes stack for each of its nodes.
template <class... Policy>
class tbb_graph {
public:
    /// function(i) returns what node i runs.
    template <class Function>
    tbb_graph(tbb_workers& tbb, const dag& shape, const Function& function) : tbb_(tbb), sources_(shape.sources()) {
        tbb_.run([&] { build(shape, function); }); // where it runs
    }

    void run() {
        tbb_.run([this] {
            start();
            wait();
        });
    }
    void make_ready() {}

    // On a worker.
    void start() {
        for (const std::uint32_t each : sources_) nodes_[each].try_put(message());
    }
    void wait() { graph_->wait_for_all(); }

private:
    using message = tbb::flow::continue_msg;

    template <class Function>
    void build(const dag& shape, const Function& function) {
        graph_.emplace();
        for (std::uint32_t i = 0; i != shape.size(); ++i) {
            nodes_.emplace_back(*graph_, [call = function(i)](const message&) noexcept { call(); });
            for (const std::uint32_t each : shape.before(i)) tbb::flow::make_edge(nodes_[each], nodes_[i]);
        }
    }

    tbb_workers& tbb_;
    const std::vector<std::uint32_t>& sources_;
    std::optional<tbb::flow::graph> graph_;
    std::deque<tbb::flow::continue_node<message, Policy...>> nodes_;
};

template <class... Policy>
struct tbb_graphs_with {
    using workers = tbb_workers;
    static constexpr bool uses_malloc = false; // for what it makes while it runs
    template <class>
    using graph = tbb_graph<Policy...>;
};
using tbb_graphs = tbb_graphs_with<>;
using tbb_lightweight_graphs = tbb_graphs_with<tbb::flow::lightweight>;

} // namespace bench
