// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes that are made while a graph runs: what a node's function adds to the subgraph& that it takes.
#pragma once

#include <pel/graph/graph.hpp>

#include <memory>
#include <utility>

PEL_NAMESPACE_BEGIN

/// A graph inside of a node. Runs when the node's function has returned, and the node is over when that is. Used by the
/// function that it is given to, while that runs. Its nodes take no Context&, whatever the graph around has; but that
/// function may, and what it adds may hold the context by reference: it outlives the run.
/// Thread safety: of one thread, as building a graph. Complexity: each is compiled, as by the first run of a graph.
class subgraph : public graph {
public:
    /// Runs what was added so far, and waits; what is added then is a new graph, whatever it throws. Throws, blocks,
    /// complexity: as run().
    void join() { take().run(); }
    /// What was added is not waited for by the node; the run of the graph around waits for it. What is added then is a
    /// new graph. An exception of it is the node's, also a graph_error for what cannot run. Throws: std::bad_alloc.
    /// Does not block. Complexity: O(1); it is compiled by who runs it.
    void detach();

private:
    template <class Extra>
    friend class detail::extra_argument;
    /// Throws: std::bad_alloc.
    explicit subgraph(const detail::node_execution& node) : node_(node) {}
    /// Returns: what was added so far; what is added then is a new graph. Throws: std::bad_alloc, and changes nothing.
    graph take() {
        graph fresh, added = std::move(static_cast<graph&>(*this));
        static_cast<graph&>(*this) = std::move(fresh);
        return added;
    }

    const detail::node_execution& node_;
};

namespace detail {

template <>
class extra_argument<subgraph> {
public:
    explicit extra_argument(const node_execution& node) : added_(node) {}
    subgraph& get() noexcept { return added_; }
    void complete() {
        if (!added_.empty()) added_.run();
    }

private:
    subgraph added_;
};

/// A graph of its own, run by whoever comes to it.
struct detached_graph {
    graph added;
    graph_execution& run;
    std::uint32_t node;

    void operator()() {
        call_guarded([this] { added.run(); }, [this](std::exception_ptr error) { run.fail(node, std::move(error)); });
    }
};

} // namespace detail

inline void subgraph::detach() {
    if (empty()) return;
    detail::graph_execution& around = node_.run();
    detail::push_call(around, detail::detached_graph{take(), around, node_.number()});
}

PEL_NAMESPACE_END
