// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a graph: its nodes and edges, the plan made of them, what runs need, kept between them. Does not move.
//   who builds the graph, while nothing runs: all but run(); any thread: begin_run(),
//   expect_run(), take_memory(), end_run(), keep(), check().
// I1  plan_ and kept_ belong to the nodes and edges as they are: a change ends both, and is refused while something runs.
#pragma once

#include <pel/detail/graph/execution.hpp>
#include <pel/detail/graph/plan_checks.hpp>
#include <pel/detail/sync/lock.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// How a run has ended.
struct run_outcome {
    early_end how = early_end::none;
    std::uint32_t failed_node = graph_plan::none;
    std::exception_ptr error;
};

/// A node whose value another one reads, or moves away.
struct value_reader {
    node_data* from;
    bool is_mover;
};

class graph_core {
public:
    graph_core() = default;
    graph_core(const graph_core&) = delete;
    graph_core& operator=(const graph_core&) = delete;
    ~graph_core() {
        forget_plan();
        for (node_data* const each : nodes_) {
            if (each->type->destroy != nullptr) each->type->destroy(*each);
        }
    }

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size()); }
    node_data& node(std::uint32_t number) const noexcept { return *nodes_[number]; }
    const plain_array<graph_edge>& edges() const noexcept { return edges_; }

    /// Throws: graph_error while something runs, as all that change the graph; std::bad_alloc, and what Node's constructor
    /// throws.
    template <class Node, class... Arguments>
    Node& add(Arguments&&... arguments) {
        change();
        if (nodes_.size() > graph_edge::most) throw_error<graph_error>("a graph has fewer than 2^31 nodes");
        nodes_.push_back(nullptr);
        Node* made = nullptr;
        call_unwinding(
            [&] {
                void* const memory = memory_.allocate(sizeof(Node), alignof(Node));
                made = ::new (memory) Node(std::forward<Arguments>(arguments)...);
            },
            [&] { nodes_.pop_back(); });
        made->number = size() - 1;
        nodes_.back() = made;
        return *made;
    }
    void add_edge(std::uint32_t from, std::uint32_t to) {
        change();
        edges_.push_back({from, to, false});
    }
    /// Before add() of a node that reads these values. Throws: graph_error if one that is moved away would be read as well;
    /// as change(); std::bad_alloc.
    void expect_readers(const value_reader* readers, std::size_t count) {
        change();
        for (const value_reader* each = readers; each != readers + count; ++each) {
            bool is_free =
                each->is_mover ? each->from->readers == node_readers::none : each->from->readers != node_readers::mover;
            for (const value_reader* other = readers; other != each; ++other)
                is_free = is_free && (other->from != each->from || !(other->is_mover || each->is_mover));
            if (!is_free)
                throw_error<graph_error>("the value of node " + each->from->label() +
                                         " is moved away by one node, and cannot have other readers");
        }
        const std::size_t before = edges_.size();
        edges_.resize(before + count); // so that there is room
        edges_.resize(before);
    }
    /// After it, for the same: each node once.
    void add_readers(const node_data& node, const value_reader* readers, std::size_t count) noexcept {
        for (const value_reader* each = readers; each != readers + count; ++each) {
            each->from->readers = each->is_mover ? node_readers::mover : node_readers::several;
            const auto is_same = [&](const value_reader& other) { return other.from == each->from; };
            if (std::find_if(readers, each, is_same) == each) edges_.push_back({each->from->number, node.number, true});
        }
    }
    /// Returns: whether there was such an edge. Throws: graph_error if it carries a value.
    bool remove_edge(std::uint32_t from, std::uint32_t to) {
        change();
        const auto is_it = [&](const graph_edge& each) { return each.from == from && each.to == to; };
        for (const graph_edge& each : edges_) {
            if (is_it(each) && each.carries_value)
                throw_error<graph_error>("the edge from node " + node(from).label() + " to node " + node(to).label() +
                                         " carries a value and cannot be removed");
        }
        graph_edge* const end = std::remove_if(edges_.begin(), edges_.end(), is_it);
        const std::size_t before = edges_.size();
        edges_.resize(static_cast<std::size_t>(end - edges_.begin()));
        return edges_.size() != before;
    }
    void name(node_data& node, std::string_view text) {
        change();
        if (text.find('\0') != std::string_view::npos)
            throw_error<graph_error>("the name of node " + node.label() + " has a character 0 in it");
        auto* const copy = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
        std::memcpy(copy, text.data(), text.size());
        copy[text.size()] = '\0';
        node.name = copy;
    }
    /// One of its nodes runs another graph.
    void add_inner(const graph_core& other) {
        change();
        inner_.push_back(&other);
    }
    void set_priority(node_data& node, int priority) {
        change();
        if (!std::in_range<std::int16_t>(priority))
            throw_error<graph_error>("priority " + std::to_string(priority) + " of node " + node.label() +
                                     " is not between -32768 and 32767");
        node.priority = static_cast<std::int16_t>(priority);
    }
    /// The node runs while it has what add(needs) adds to those that it was said to need before. Throws: what add() does,
    /// std::bad_alloc; then they are as before. Complexity: the node's needs.
    template <class Add>
    void add_needs(const node_data& node, const Add& add) {
        change();
        resource_needs all;
        if (last_need_.size() <= node.number) last_need_.resize(node.number + 1, node_need::none);
        std::uint32_t& last = last_need_[node.number];
        for (std::uint32_t each = last; each != node_need::none; each = needs_[each].previous)
            add_need(all, needs_[each].need);
        add(all);
        const std::size_t before = needs_.size();
        needs_.resize(before + all.size(), {node.number, node_need::none, {}}); // so that there is room
        needs_.resize(before);
        for (const resource_need& each : all) {
            std::uint32_t same = last;
            while (same != node_need::none && needs_[same].need.what != each.what) same = needs_[same].previous;
            if (same != node_need::none) {
                needs_[same].need.units = each.units;
            } else {
                needs_.push_back({node.number, last, each});
                last = static_cast<std::uint32_t>(needs_.size() - 1);
            }
        }
    }
    /// Before every change.
    void change() {
        if (runs_.load(relaxed) != 0) // a run that begins at the same time is the caller's mistake
            throw_error<graph_error>("a graph cannot be changed while it runs");
        if (plan_ != nullptr) forget_plan();
    }

    /// Returns: the plan, not checked. Throws: std::bad_alloc.
    graph_plan unchecked_plan() const { return {nodes_, edges_, needs_, ranks_}; }
    /// Runs from now on are recorded.
    void record(bool is_wanted) noexcept { is_recording_.store(is_wanted, relaxed); } // runs that begin later
    /// The next run is measured.
    void learn() noexcept { is_learning_.store(true, relaxed); } // likewise
    bool wants_records() const noexcept {
        return is_recording_.load(relaxed) || is_learning_.load(relaxed); // stale: as if the run had begun before
    }
    /// A run has come to its end by itself. Throws: std::bad_alloc.
    void learn_from(const run_recorder& recorder, const graph_plan& run) {
        const lock_guard guard(lock_);
        if (plan_.get() != &run) return;                    // of a part, or of a graph that has changed since
        if (!is_learning_.exchange(false, relaxed)) return; // one run is enough
        ranks_ = critical_paths(run, mean_times(recorder, run.size()));
        plan_ = std::make_shared<graph_plan>(nodes_, edges_, needs_, ranks_);
        forget_memory();
    }

    /// Makes the plan if there is none. Throws: graph_error if the graph could not run to its end; std::bad_alloc.
    void check() {
        const lock_guard guard(lock_);
        make_plan();
    }
    /// What a run needs. Throws: as check().
    run_memory& begin_run() {
        const lock_guard guard(lock_);
        make_plan();
        run_memory& taken = take_kept();
        runs_.fetch_add(1, relaxed);
        return taken;
    }
    /// One is to begin later, with take_memory(). Throws: as check().
    void expect_run() {
        if (!is_planned_.load(relaxed)) check(); // stale: it looks again, under the lock
        runs_.fetch_add(1, relaxed);
    }
    /// Throws: std::bad_alloc.
    run_memory& take_memory() {
        const lock_guard guard(lock_);
        return take_kept();
    }
    /// The same for a run of one node and what comes after it. Throws: also graph_error if one of these reads the value of
    /// a node that is not among them.
    run_memory& begin_run_from(std::uint32_t first) {
        const lock_guard guard(lock_);
        make_plan();
        const plain_array<bool> is_in = plan_->reached_from(first);
        plain_array<graph_edge> edges;
        for (const graph_edge& each : edges_) {
            if (is_in[each.from]) edges.push_back(each);
            if (each.carries_value && is_in[each.to] && !is_in[each.from])
                throw_error<graph_error>("node " + node(each.to).label() + " reads the value of node " +
                                         node(each.from).label() + ", which a run from node " + node(first).label() +
                                         " does not run");
        }
        auto plan = std::make_shared<graph_plan>(nodes_, edges, needs_, ranks_, first);
        plan_checks(*plan, edges).run_from(first);
        run_memory* const memory = new run_memory(std::move(plan));
        runs_.fetch_add(1, relaxed);
        return *memory;
    }
    /// The run is over; its values are still there.
    void end_run() noexcept { runs_.fetch_sub(1, relaxed); }
    /// They are not wanted any more. Keeps the memory for other runs.
    void keep(run_memory& memory) noexcept {
        memory.end_values();
        const lock_guard guard(lock_);
        if (&memory.plan() == plan_.get())
            memory.next = std::exchange(kept_, &memory);
        else
            delete &memory;
    }

private:
    void make_plan() {
        if (plan_ != nullptr) return;
        nodes_.shrink();
        edges_.shrink();
        auto plan = std::make_shared<graph_plan>(nodes_, edges_, needs_, ranks_);
        plan_checks(*plan, edges_).run();
        if (contains(*this))
            throw_error<graph_error>("a graph is a node of itself, or of one that is a node of it: it would never end");
        plan_ = std::move(plan);
        is_planned_.store(true, relaxed); // whoever needs the plan takes the lock
    }
    run_memory& take_kept() {
        if (kept_ == nullptr) kept_ = new run_memory(plan_);
        return *std::exchange(kept_, kept_->next);
    }
    bool contains(const graph_core& wanted) const {
        plain_array<const graph_core*> seen{this};
        for (std::size_t next = 0; next != seen.size(); ++next) {
            for (const graph_core* const each : seen[next]->inner_) {
                if (each == &wanted) return true;
                if (std::find(seen.begin(), seen.end(), each) == seen.end()) seen.push_back(each);
            }
        }
        return false;
    }
    void forget_plan() noexcept {
        forget_memory();
        plan_.reset();
        is_planned_.store(false, relaxed); // by who changes the graph, which nobody runs
        ranks_.resize(0);
    }
    void forget_memory() noexcept {
        while (kept_ != nullptr) delete std::exchange(kept_, kept_->next);
    }

    std::pmr::monotonic_buffer_resource memory_; // of nodes and their names
    plain_array<node_data*> nodes_;
    plain_array<graph_edge> edges_;
    plain_array<node_need> needs_;
    plain_array<std::uint32_t> last_need_; // in needs_, of each node up to the last that has one
    plain_array<const graph_core*> inner_; // that nodes run
    lock lock_;                            // guards what follows
    std::shared_ptr<const graph_plan> plan_;
    atomic<bool> is_planned_{false};   // that there is one; also read without the lock
    plain_array<std::uint64_t> ranks_; // of each node, once they are known
    run_memory* kept_ = nullptr;
    atomic<bool> is_recording_{false}, is_learning_{false};
    atomic<std::uint32_t> runs_{0};
};

/// Runs a graph to its end, and leaves the memory of the run as new but for the values. Blocks.
inline run_outcome execute(graph_execution& run) {
    run.begin();
    complete_group(run);
    run_outcome outcome{run.ended(), run.failed_node(), run.take_error()};
    const graph_plan& plan = run.plan();
    const std::uint32_t waiting = outcome.how == early_end::none ? run.memory().find_waiting() : graph_plan::none;
    if (waiting != graph_plan::none) {
        outcome.how = early_end::failed;
        outcome.failed_node = waiting;
        call_guarded(
            [&] {
                throw_error<graph_error>("node " + plan.label(waiting) +
                                         " has waited for several nodes, of which some ran and some did not");
            },
            [&](std::exception_ptr error) { outcome.error = std::move(error); });
    }
    if (outcome.how != early_end::none) run.memory().reset_slots();
    return outcome;
}
/// Throws: what a node has thrown, operation_cancelled.
inline void throw_if_failed(const run_outcome& outcome) {
    if (outcome.how == early_end::failed) std::rethrow_exception(outcome.error);
    if (outcome.how == early_end::cancelled) throw_error<operation_cancelled>();
}

} // namespace detail
PEL_NAMESPACE_END
