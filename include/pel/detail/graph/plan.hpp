// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph as it runs: the successors of all nodes in one array, what is counted in another. Made at the first run after
// a change; immutable.
#pragma once

#include <pel/detail/graph/node_data.hpp>
#include <pel/detail/graph/node_lists.hpp>
#include <pel/detail/graph/resource_core.hpp>
#include <pel/detail/platform/plain_array.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

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
               std::uint32_t begin = none) {
        sort_edges(nodes, edges);
        count_predecessors();
        if (begin != none) sources_ = {begin};
        sort_by_priority(ranks);
        place_values(nodes);
        sort_needs(needs);
        if (has_branches_) plan_rounds(edges);
    }

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

/// By counting; edges from one node stay in the order in which they were made, and what is there twice counts once.
inline void graph_plan::sort_edges(const plain_array<node_data*>& nodes, const plain_array<graph_edge>& edges) {
    const std::size_t size = nodes.size();
    plain_array<std::uint32_t> end(size + 1, 0); // of each node's edges, once they are in their places
    for (const graph_edge& each : edges) ++end[each.from + 1];
    for (std::size_t i = 0; i != size; ++i) end[i + 1] += end[i];
    plain_array<std::uint32_t> to(edges.size(), 0);
    for (const graph_edge& each : edges) to[end[each.from]++] = each.to;

    nodes_.reserve(size + 1);
    successors_.reserve(edges.size());
    plain_array<std::uint32_t> seen_from(size, none);
    std::uint32_t next = 0;
    for (std::uint32_t from = 0; from != size; ++from) {
        nodes_.push_back({nodes[from], static_cast<std::uint32_t>(successors_.size()), 0});
        for (; next != end[from]; ++next) {
            if (std::exchange(seen_from[to[next]], from) != from) successors_.push_back(to[next]);
        }
    }
    nodes_.push_back({nullptr, static_cast<std::uint32_t>(successors_.size()), 0});
}

inline void graph_plan::count_predecessors() {
    for (std::uint32_t each = 0; each != size(); ++each) has_branches_ = has_branches_ || is_branch(each);
    if (has_branches_) choices_.resize(size(), 0);
    for (std::uint32_t from = 0; from != size(); ++from) {
        for (std::uint32_t each = 0; each != successor_count(from); ++each)
            ++(is_branch(from) ? choices_[successors(from)[each]] : nodes_[successors(from)[each]].predecessors);
    }
    const auto is_source = [this](std::uint32_t number) {
        return nodes_[number].predecessors == 0 && choices(number) == 0;
    };
    std::size_t sources = 0;
    for (std::uint32_t each = 0; each != size(); ++each) sources += is_source(each);
    sources_.reserve(sources);
    for (std::uint32_t each = 0; each != size(); ++each) {
        if (is_source(each)) sources_.push_back(each);
    }
}

/// Successors too: the first one that is ready runs next. Those of a branch stay, which chooses by their order.
inline void graph_plan::sort_by_priority(const plain_array<std::uint64_t>& ranks) {
    const auto has_priority = [](const plan_node& each) { return each.node != nullptr && each.node->priority != 0; };
    if (ranks.empty() && !std::any_of(nodes_.begin(), nodes_.end(), has_priority)) return;
    by_urgency_.reserve(size());
    for (std::uint32_t each = 0; each != size(); ++each) by_urgency_.push_back(each);
    std::sort(by_urgency_.begin(), by_urgency_.end(), [&](std::uint32_t a, std::uint32_t b) {
        const node_data &first = *nodes_[a].node, &second = *nodes_[b].node;
        if (first.priority != second.priority) return first.priority > second.priority;
        return !ranks.empty() && ranks[a] != ranks[b] ? ranks[a] > ranks[b] : a < b;
    });
    urgency_.resize(size(), 0);
    for (std::uint32_t place = 0; place != size(); ++place) urgency_[by_urgency_[place]] = place;
    for (std::uint32_t from = 0; from != size(); ++from) {
        std::uint32_t* const first = successors_.begin() + nodes_[from].first_successor;
        if (is_branch(from)) continue;
        std::sort(first, first + successor_count(from),
                  [this](std::uint32_t a, std::uint32_t b) { return urgency_[a] < urgency_[b]; });
    }
}

inline plain_array<bool> graph_plan::reached_from(std::uint32_t first) const {
    plain_array<bool> is_reached(size(), false);
    plain_array<std::uint32_t> open{first};
    is_reached[first] = true;
    while (!open.empty()) {
        const std::uint32_t each = open.back();
        open.pop_back();
        for (std::uint32_t i = 0; i != successor_count(each); ++i) {
            const std::uint32_t next = successors(each)[i];
            if (!std::exchange(is_reached[next], true)) open.push_back(next);
        }
    }
    return is_reached;
}

inline void graph_plan::place_values(const plain_array<node_data*>& nodes) {
    for (node_data* const each : nodes) {
        const node_type& type = *each->type;
        if (type.cell_bytes == 0) continue;
        const std::size_t alignment = type.cell_alignment;
        value_alignment_ = std::max(value_alignment_, alignment);
        value_bytes_ = (value_bytes_ + alignment - 1) / alignment * alignment;
        auto& valued = static_cast<valued_node&>(*each);
        if (valued.offset != value_bytes_) valued.offset = value_bytes_; // not where it is read: it never changes again
        valued_.push_back(&valued);
        value_bytes_ += type.cell_bytes;
    }
}

inline void graph_plan::sort_needs(const plain_array<node_need>& needs) {
    if (needs.empty()) return;
    needs_.fill(size(), [&](const auto& put) {
        for (const node_need& each : needs) put(each.node, each.need);
    });
    for (std::uint32_t each = 0; each != size(); ++each) {
        std::sort(needs_.begin(each), needs_.begin(each) + needs_.count(each),
                  [](const resource_need& a, const resource_need& b) { return std::less<>()(a.what, b.what); });
    }
}

/// What is counted where nodes may run again (execution.hpp: I2, I3).
inline void graph_plan::plan_rounds(const plain_array<graph_edge>& edges) {
    find_what_runs_once();
    arrivals_.fill(size(), [&](const auto& put) {
        for (std::uint32_t from = 0; from != size(); ++from) {
            for (std::uint32_t i = 0; !is_branch(from) && i != successor_count(from); ++i) {
                const std::uint32_t to = successors(from)[i];
                if (nodes_[to].predecessors > 1) put(to, nodes_[from].first_successor + i);
            }
        }
    });
    reads_.fill(size(), [&](const auto& put) {
        for (const graph_edge& each : edges) {
            if (each.carries_value && !runs_once_[each.from]) put(each.to, each.from);
        }
    });
    if (reads_.empty()) return;
    readers_.resize(size(), 0);
    for (const graph_edge& each : edges) readers_[each.from] += each.carries_value && !runs_once_[each.from];
}

/// Sources do; so does a node that no branch may choose, if one that it waits for does; and one that waits for none, if one
/// branch may choose it, which does so once and chooses one. All others may run again, those of a loop among them: it has an
/// entry, which is chosen and waits for others, or is chosen by two.
inline void graph_plan::find_what_runs_once() {
    runs_once_.resize(size(), false);
    plain_array<std::uint32_t> open;
    const auto add = [&](std::uint32_t number) {
        if (!std::exchange(runs_once_[number], true)) open.push_back(number);
    };
    for (const std::uint32_t each : sources_) {
        if (nodes_[each].predecessors == 0 && choices(each) == 0) add(each);
    }
    while (!open.empty()) {
        const std::uint32_t from = open.back();
        open.pop_back();
        for (std::uint32_t i = 0; i != successor_count(from); ++i) {
            const std::uint32_t to = successors(from)[i];
            const bool is_chosen_once = is_branch(from) && nodes_[from].node->type->chooses_one && choices(to) == 1;
            if (is_branch(from) ? is_chosen_once && nodes_[to].predecessors == 0 : choices(to) == 0) add(to);
        }
    }
}

} // namespace detail
PEL_NAMESPACE_END
