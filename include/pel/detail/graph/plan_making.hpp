// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a plan is made of nodes and edges; plan.hpp declares it.
#pragma once

#include <pel/detail/graph/plan.hpp>

#include <algorithm>
#include <functional>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE graph_plan::graph_plan(const plain_array<node_data*>& nodes, const plain_array<graph_edge>& edges,
                                  const plain_array<node_need>& needs, const plain_array<std::uint64_t>& ranks,
                                  std::uint32_t begin) {
    sort_edges(nodes, edges);
    count_predecessors();
    if (begin != none) sources_ = {begin};
    sort_by_priority(ranks);
    place_values(nodes);
    sort_needs(needs);
    if (has_branches_) plan_rounds(edges);
}

/// By counting; edges from one node stay in the order in which they were made, and what is there twice counts once.
PEL_INLINE void graph_plan::sort_edges(const plain_array<node_data*>& nodes, const plain_array<graph_edge>& edges) {
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

PEL_INLINE void graph_plan::count_predecessors() {
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
PEL_INLINE void graph_plan::sort_by_priority(const plain_array<std::uint64_t>& ranks) {
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

PEL_INLINE plain_array<bool> graph_plan::reached_from(std::uint32_t first) const {
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

PEL_INLINE void graph_plan::place_values(const plain_array<node_data*>& nodes) {
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

PEL_INLINE void graph_plan::sort_needs(const plain_array<node_need>& needs) {
    if (needs.empty()) return;
    needs_.fill(size(), [&](const auto& put) {
        for (const node_need& each : needs) put(each.node, each.need);
    });
    for (std::uint32_t each = 0; each != size(); ++each) {
        std::sort(needs_.begin(each), needs_.begin(each) + needs_.count(each),
                  [](const resource_need& a, const resource_need& b) { return std::less<>()(a.what, b.what); });
    }
}

/// What is counted where nodes may run again (joins.hpp: I2, I3).
PEL_INLINE void graph_plan::plan_rounds(const plain_array<graph_edge>& edges) {
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
PEL_INLINE void graph_plan::find_what_runs_once() {
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
