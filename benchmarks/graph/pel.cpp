// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_graphs.hpp"

#include "hidden_chain.hpp"
#include "requests.hpp"
#include "workload.hpp"

#include <pel/parallel_for.hpp>

#include <vector>

namespace {

using workload::request;

/// One graph, of which each run has a request.
class one_graph {
public:
    using workers = bench::pel_workers;

    one_graph(workers& pel, const bench::dag& shape, std::uint32_t steps, std::vector<request>& all)
        : pel_(pel), all_(all) {
        bench::add_nodes(graph_, shape,
                         [&](std::uint32_t node) { return workload::request_node{&shape, node, steps}; });
    }

protected:
    workers& pel_;
    pel::basic_graph<request> graph_;
    std::vector<request>& all_;
};

struct started : one_graph {
    using one_graph::one_graph;
    void run() {
        std::vector<pel::graph_run> runs;
        runs.reserve(all_.size());
        for (request& each : all_) runs.push_back(graph_.start(pel_.policy(), each));
        for (const pel::graph_run& each : runs) each.wait();
    }
};

struct in_loop : one_graph {
    using one_graph::one_graph;
    void run() {
        pel::parallel_for(pel_.policy(), std::size_t{0}, all_.size(), [this](std::size_t i) { graph_.run(all_[i]); });
    }
};

struct one_by_one : one_graph {
    using one_graph::one_graph;
    void run() {
        for (request& each : all_) graph_.run(pel_.policy(), each);
    }
};

const bool runs = workload::register_runs<bench::pel_graphs>("pel", bench::each_count);
const bool builds = workload::register_builds<bench::pel_graphs>("pel");
const bool at_once = workload::register_requests<started>("pel", bench::each_count);
const bool by_loop = workload::register_requests<in_loop>("pel_loop", bench::each_count);
const bool sequential = workload::register_requests<one_by_one>("pel_sequential", bench::each_count);
const bool hidden_chain = workload::register_hidden_chain<bench::pel_graphs>("pel", bench::each_count);

const bench::registration
    learnt("graph_hidden_chain", "pel_learnt", bench::each_count, [](benchmark::State& state, unsigned count) {
        workload::measure_hidden_chain<bench::pel_graphs>(state, count, [](bench::pel_graph& graph) {
            graph.learn();
            graph.run();
        });
    });

} // namespace
