// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A run of a graph that was started, and goes on by itself.
#pragma once

#include <pel/detail/graph/started_run.hpp>
#include <pel/graph/node.hpp>
#include <pel/graph/run_report.hpp>

#include <stdexcept>
#include <utility>

PEL_NAMESPACE_BEGIN

/// The one handle to a run. Its destructor waits for the run, which is cancelled before only if the caller does so; in
/// a fork child it does not wait for what the parent's threads run. In a node of that run it ends the program, as the
/// run would wait for itself.
/// Thread safety: as a plain object, but for cancel() and status(), which any thread may call.
/// Requires: the graph is there until the handle is gone.
class [[nodiscard]] graph_run {
public:
    graph_run(graph_run&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    graph_run& operator=(graph_run&& other) noexcept {
        detail::started_run* const done = std::exchange(state_, std::exchange(other.state_, nullptr));
        if (done != nullptr) done->let_go();
        return *this;
    }
    ~graph_run() {
        if (state_ != nullptr) state_->let_go();
    }

    /// Blocks until the run is over; runs it, or nodes of it, meanwhile. Throws: as basic_graph::run();
    /// std::logic_error if a node of the run calls it, or what a node calls.
    void wait() const {
        checked().wait();
        detail::throw_if_failed(state_->outcome());
    }
    /// Nodes that have not begun do not; stop callbacks of those that have are called here. Does not wait for the run.
    /// Requires, as status(): the handle was not moved away.
    void cancel() const noexcept { state_->cancel(); }
    /// Returns: running until the run is over, then how it ended: completed also if a node has said finish(). Thread
    /// safety: any thread; what the run did is visible to who sees that it is over.
    run_status status() const noexcept { return state_->status(); }
    /// Returns: the node that has thrown what wait() throws; an invalid handle if none has, or the run is not over.
    /// Thread safety: as of the handle; several threads may ask at once. Requires: the handle was not moved away.
    node_ref failed_node() const noexcept {
        if (status() != run_status::failed || state_->outcome().failed_node == detail::graph_plan::none) return {};
        detail::graph_core& graph = state_->graph();
        return detail::node_access::any(graph, graph.node(state_->outcome().failed_node));
    }

    /// Returns: what the node's function has returned last. Throws: graph_error if the run is not over, if it did not
    /// run the node, or if the node is of another graph.
    template <class T>
    const T& value(const node<T>& of) const {
        detail::node_access::check_same(checked().graph(), of);
        const detail::node_data& data = *detail::node_access::data(of);
        if (status() == run_status::running)
            detail::throw_error<graph_error>("the value of node " + data.label() +
                                             " is asked for before the run is over");
        const detail::run_memory* const memory = state_->memory();
        auto* const cell =
            memory == nullptr || data.number >= memory->plan().size() // made since
                ? nullptr
                : static_cast<detail::value_cell<T>*>(memory->cell(static_cast<const detail::valued_node&>(data)));
        if (cell == nullptr || !cell->is_there())
            detail::throw_error<graph_error>("node " + data.label() + " did not run, and has no value");
        return cell->get();
    }

    /// Returns: what ran when, and where; a node that there was no memory to take down is missing. Throws: graph_error
    /// if the run is not over, or was not recorded: see basic_graph::record(); std::bad_alloc. Complexity: O(n log n)
    /// for n nodes that ran, and the edges.
    run_report report() const {
        if (checked().status() == run_status::running)
            detail::throw_error<graph_error>("the report of a run is asked for before the run is over");
        if (state_->recorder() == nullptr)
            detail::throw_error<graph_error>("the report of a run is asked for that was not recorded");
        if (state_->memory() == nullptr)
            detail::throw_error<graph_error>("the report of a run is asked for that could not begin");
        return {*state_->recorder(), state_->graph(), state_->memory()->plan()};
    }

private:
    template <class>
    friend class basic_graph;
    detail::started_run& checked() const {
        if (state_ == nullptr) detail::throw_error<std::logic_error>("pel::graph_run: there is no run behind it");
        return *state_;
    }
    explicit graph_run(detail::started_run& state) noexcept : state_(&state) {}

    detail::started_run* state_; // null: moved away
};

PEL_NAMESPACE_END
