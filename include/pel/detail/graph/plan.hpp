// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph as it runs: the successors of all nodes in one array, what is counted in another. Made at the first run after
// a change; immutable.
#pragma once

#include <pel/detail/graph/node_data.hpp>
#include <pel/detail/graph/node_lists.hpp>
#include <pel/detail/graph/resource_core.hpp>
#include <pel/detail/platform/plain_array.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

/// From one node to another. Those of a branch are weak: chosen by what it returns, and not waited for.
struct graph_edge {
    static constexpr std::uint32_t most = (1u << 31) - 1; // nodes

    graph_edge() noexcept : graph_edge(0, 0, false) {}
    graph_edge(std::uint32_t first, std::uint32_t second, bool has_value) noexcept
        : from(first), to(second & most), carries_value(has_value) {}

    std::uint32_t from;
    std::uint32_t to : 31;
    std::uint32_t carries_value : 1;
};

/// A node runs while it has units of a resource.
struct node_need {
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    std::uint32_t node;
    std::uint32_t previous; // the one that the node was said to need before, none: it is the first
    resource_need need;
};

struct plan_node {
    node_data* node;
    std::uint32_t first_successor; // those of the next node begin where these end
    std::uint32_t predecessors;    // that are waited for
};

class graph_plan {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    /// Requires: the number of each node is its place; an edge that carries a value is there once, and so is a resource among
    /// the needs of a node. `ranks`: of each node, or of none, who comes first among those of one priority.
    /// `begin`: the one node that is run first, also if it has predecessors; none: all that have none. Throws:
    /// std::bad_alloc.
    graph_plan(const plain_array<node_data*>& nodes, const plain_array<graph_edge>& edges,
               const plain_array<node_need>& needs = {}, const plain_array<std::uint64_t>& ranks = {},
               std::uint32_t begin = none);

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size() - 1); }
    const plan_node& operator[](std::uint32_t number) const noexcept { return nodes_[number]; }
    // Of all nodes, for who runs them: numbers of successors from first_successor on.
    const plan_node* nodes() const noexcept { return nodes_.data(); }
    const std::uint32_t* all_successors() const noexcept { return successors_.data(); }
    const std::uint32_t* successors(std::uint32_t number) const noexcept {
        return successors_.data() + nodes_[number].first_successor;
    }
    std::uint32_t successor_count(std::uint32_t number) const noexcept {
        return nodes_[number + 1].first_successor - nodes_[number].first_successor;
    }
    bool is_branch(std::uint32_t number) const noexcept { return nodes_[number].node->kind == node_kind::branch; }
    std::string label(std::uint32_t number) const { return nodes_[number].node->label(); }
    /// How many edges from branches lead to a node.
    std::uint32_t choices(std::uint32_t number) const noexcept { return choices_.empty() ? 0 : choices_[number]; }
    /// Nodes may run several times, or not at all.
    bool has_branches() const noexcept { return has_branches_; }
    /// Those that wait for nothing.
    const plain_array<std::uint32_t>& sources() const noexcept { return sources_; }
    /// Nodes may have needs.
    bool has_needs() const noexcept { return !needs_.empty(); }
    const resource_need* needs(std::uint32_t number) const noexcept { return needs_.begin(number); }
    std::uint32_t need_count(std::uint32_t number) const noexcept { return needs_.count(number); }
    /// Some nodes go before others.
    bool is_ranked() const noexcept { return !urgency_.empty(); }
    // If so: the place of a node among all, the most urgent being 0, and the node that has a place.
    std::uint32_t urgency(std::uint32_t number) const noexcept { return urgency_[number]; }
    std::uint32_t most_urgent(std::uint32_t place) const noexcept { return by_urgency_[place]; }
    /// Those that have a value.
    const plain_array<const valued_node*>& valued() const noexcept { return valued_; }
    std::size_t value_bytes() const noexcept { return value_bytes_; }
    std::size_t value_alignment() const noexcept { return value_alignment_; }

    /// Returns: which nodes are `first` or come after it, directly or not. Throws: std::bad_alloc. Complexity: nodes and
    /// edges.
    plain_array<bool> reached_from(std::uint32_t first) const;

    // With branches. Require: has_branches().

    /// Whether a node runs at most once in a run, whatever branches choose.
    bool runs_once(std::uint32_t number) const noexcept { return runs_once_[number]; }
    /// Of a node that waits for several: the places of the edges that it waits for, in all_successors().
    const node_lists<std::uint32_t>& arrivals() const noexcept { return arrivals_; }
    /// Whether there are values that are made again.
    bool has_rounds_of_values() const noexcept { return !reads_.empty(); }
    /// Of each node: those whose values it reads, if they may be made again.
    const node_lists<std::uint32_t>& reads() const noexcept { return reads_; }
    /// How many nodes read a value, if it may be made again; else 0.
    std::uint32_t readers(std::uint32_t number) const noexcept { return readers_.empty() ? 0 : readers_[number]; }

private:
    void sort_edges(const plain_array<node_data*>& nodes, const plain_array<graph_edge>& edges);
    void count_predecessors();
    void sort_by_priority(const plain_array<std::uint64_t>& ranks);
    void place_values(const plain_array<node_data*>& nodes);
    void sort_needs(const plain_array<node_need>& needs);
    void plan_rounds(const plain_array<graph_edge>& edges);
    void find_what_runs_once();

    plain_array<plan_node> nodes_; // and one more, where the last one's successors end
    plain_array<std::uint32_t> successors_;
    plain_array<std::uint32_t> choices_;
    plain_array<std::uint32_t> sources_;
    plain_array<std::uint32_t> urgency_, by_urgency_;
    node_lists<resource_need> needs_;
    plain_array<bool> runs_once_;
    node_lists<std::uint32_t> arrivals_, reads_;
    plain_array<std::uint32_t> readers_;
    plain_array<const valued_node*> valued_;
    std::size_t value_bytes_ = 0;
    std::size_t value_alignment_ = 1;
    bool has_branches_ = false;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/graph/plan_making.hpp>
#endif
