// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a graph: its nodes and edges, the plan made of them, what runs need, kept between them. Does not move.
//   who builds the graph, while nothing runs: all but run(); any thread: begin_run(),
//   expect_run(), take_memory(), end_run(), keep(), check().
// I1  plan_ and kept_ belong to the nodes and edges as they are: a change ends both, and is refused while something runs.
#pragma once

#include <pel/detail/graph/execution.hpp>
#include <pel/detail/sync/lock.hpp>

#include <cstdint>
#include <exception>
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
    ~graph_core();

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
    void expect_readers(const value_reader* readers, std::size_t count);
    /// After it, for the same: each node once.
    void add_readers(const node_data& node, const value_reader* readers, std::size_t count) noexcept;
    /// Returns: whether there was such an edge. Throws: graph_error if it carries a value.
    bool remove_edge(std::uint32_t from, std::uint32_t to);
    void name(node_data& node, std::string_view text);
    /// Before add() of a node that runs another graph. Throws: as change(); std::bad_alloc.
    void expect_inner() {
        change();
        inner_.push_back(nullptr); // so that there is room
        inner_.pop_back();
    }
    /// After it, of that node.
    void add_inner(const node_data& node) noexcept { inner_.push_back(&node); }
    void set_priority(node_data& node, int priority);
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
    void change();

    /// Returns: the plan, not checked. Throws: std::bad_alloc.
    graph_plan unchecked_plan() const;
    /// Runs from now on are recorded.
    void record(bool is_wanted) noexcept { is_recording_.store(is_wanted, relaxed); } // runs that begin later
    /// The next run is measured.
    void learn() noexcept { is_learning_.store(true, relaxed); } // likewise
    bool wants_records() const noexcept {
        return is_recording_.load(relaxed) || is_learning_.load(relaxed); // stale: as if the run had begun before
    }
    /// A run has come to its end by itself. Without memory the next one is measured instead.
    void learn_from(const run_recorder& recorder, const graph_plan& run) noexcept;

    /// Makes the plan if there is none. Throws: graph_error if the graph could not run to its end; std::bad_alloc.
    void check();
    /// What a run needs. Throws: as check().
    run_memory& begin_run();
    /// One is to begin later, with take_memory(). Throws: as check().
    void expect_run();
    /// Throws: std::bad_alloc.
    run_memory& take_memory();
    /// The same for a run of one node and what comes after it. Throws: also graph_error if one of these reads the value of
    /// a node that is not among them.
    run_memory& begin_run_from(std::uint32_t first);
    /// The run is over; its values are still there.
    void end_run() noexcept { runs_.fetch_sub(1, relaxed); }
    /// They are not wanted any more. Keeps the memory for other runs.
    void keep(run_memory& memory) noexcept;

private:
    void make_plan();
    run_memory& take_kept();
    bool contains(const graph_core& wanted) const;
    void forget_plan() noexcept;
    void forget_memory() noexcept;

    std::pmr::monotonic_buffer_resource memory_; // of nodes and their names
    plain_array<node_data*> nodes_;
    plain_array<graph_edge> edges_;
    plain_array<node_need> needs_;
    plain_array<std::uint32_t> last_need_; // in needs_, of each node up to the last that has one
    plain_array<const node_data*> inner_;  // that run other graphs; also read by what makes the plan of a graph around
    lock lock_;                            // guards what follows
    std::shared_ptr<const graph_plan> plan_;
    atomic<bool> is_planned_{false};   // that there is one; also read without the lock
    plain_array<std::uint64_t> ranks_; // of each node, once they are known
    run_memory* kept_ = nullptr;
    atomic<bool> is_recording_{false}, is_learning_{false};
    atomic<std::uint32_t> runs_{0};
};

/// Runs a graph to its end, and leaves the memory of the run as new but for the values. Blocks.
run_outcome execute(graph_execution& run);
/// Throws: what a node has thrown, operation_cancelled.
void throw_if_failed(const run_outcome& outcome);

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/graph/graph_making.hpp>
#endif
