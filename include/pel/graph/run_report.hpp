// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What happened in a run of a graph that was recorded: which node, when, and on which worker; for charts and traces.
#pragma once

#include <pel/detail/graph/recorder.hpp>
#include <pel/graph/node.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN

/// One time that a node ran.
struct node_report {
    node_ref node;
    std::chrono::nanoseconds start, end; ///< since the run began
    unsigned worker;                     ///< as this_worker::index() says it
    unsigned attempt;                    ///< 0 for the first time, 1 for the next, …
};

/// All of them, in the order in which they began, and the edges of the graph.
class run_report {
public:
    /// Those that did not run, as no branch chose them, are not among them.
    const std::vector<node_report>& nodes() const noexcept { return nodes_; }
    const std::vector<std::pair<node_ref, node_ref>>& edges() const noexcept { return edges_; }

    /// Returns: a trace for chrome://tracing and Perfetto: a track for each worker, edges as arrows from the end of a
    /// node to the begin of the next.
    std::string trace_json() const;

private:
    friend class graph_run;
    run_report(const detail::run_recorder& recorder, detail::graph_core& graph, const detail::graph_plan& plan);

    std::vector<node_report> nodes_;
    std::vector<std::pair<node_ref, node_ref>> edges_;
};

PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/graph/text.hpp>

#include <algorithm>
#include <cstdio>
#include <tuple>

PEL_NAMESPACE_BEGIN

PEL_INLINE run_report::run_report(const detail::run_recorder& recorder, detail::graph_core& graph,
                                  const detail::graph_plan& plan) {
    const auto handle = [&](std::uint32_t number) { return detail::node_access::any(graph, graph.node(number)); };
    for (const detail::node_record& each : recorder.records()) {
        nodes_.push_back({handle(each.number), std::chrono::nanoseconds(each.start - recorder.begin()),
                          std::chrono::nanoseconds(each.end - recorder.begin()), each.worker, 0});
    }
    std::sort(nodes_.begin(), nodes_.end(), [](const node_report& a, const node_report& b) {
        return std::tuple(a.start, a.node.number(), a.end) < std::tuple(b.start, b.node.number(), b.end);
    });
    std::vector<unsigned> attempts(plan.size());
    for (node_report& each : nodes_) each.attempt = attempts[each.node.number()]++;
    for (std::uint32_t from = 0; from != plan.size(); ++from) {
        for (std::uint32_t i = 0; i != plan.successor_count(from); ++i)
            edges_.emplace_back(handle(from), handle(plan.successors(from)[i]));
    }
}

PEL_INLINE std::string run_report::trace_json() const {
    const auto microseconds = [](std::chrono::nanoseconds time) { // with a point, whatever the locale has
        const long long ns = std::max<long long>(0, time.count());
        char text[32];
        std::snprintf(text, sizeof text, "%lld.%03lld", ns / 1000, ns % 1000);
        return std::string(text);
    };
    const auto event = [&](const char* phase, const std::string& name, std::chrono::nanoseconds at, unsigned worker) {
        return "{\"name\": " + detail::json_quoted(name) + ", \"ph\": \"" + phase + "\", \"ts\": " + microseconds(at) +
               ", \"pid\": 1, \"tid\": " + std::to_string(worker);
    };
    const auto name_of = [](const node_report& each) {
        return each.node.name().empty() ? "#" + std::to_string(each.node.number()) : std::string(each.node.name());
    };
    std::string text = "{\"traceEvents\": [";
    const char* separator = "\n";
    const auto add = [&](const std::string& one) {
        text += separator + one + "}";
        separator = ",\n";
    };
    std::vector<std::vector<const node_report*>> runs; // of each node, in order: one begins when the one before is over
    for (const node_report& each : nodes_) {
        if (runs.size() <= each.node.number()) runs.resize(each.node.number() + 1);
        runs[each.node.number()].push_back(&each);
        add(event("X", name_of(each), each.start, each.worker) + ", \"dur\": " + microseconds(each.end - each.start) +
            ", \"args\": {\"node\": " + std::to_string(each.node.number()) +
            ", \"attempt\": " + std::to_string(each.attempt) + "}");
    }
    std::size_t arrows = 0;
    for (const auto& [from, to] : edges_) {
        if (from.number() >= runs.size() || to.number() >= runs.size()) continue;
        const auto& before = runs[from.number()];
        const node_report* drawn = nullptr;
        for (const node_report* const after : runs[to.number()]) { // from the last one that was over by then
            const auto later = std::partition_point(before.begin(), before.end(),
                                                    [&](const node_report* each) { return each->end <= after->start; });
            if (later == before.begin() || *(later - 1) == drawn) continue; // it came by another edge
            drawn = *(later - 1);
            const node_report& last = *drawn;
            const std::string id = ", \"cat\": \"edge\", \"id\": " + std::to_string(arrows++);
            add(event("s", "edge", last.end, last.worker) + id);
            add(event("f", "edge", after->start, after->worker) + id + ", \"bp\": \"e\"");
        }
    }
    return text + "]}\n";
}

PEL_NAMESPACE_END
#endif
