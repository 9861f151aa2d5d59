// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What keeps a graph from running to its end, found before it runs, so that no run hangs or leaves out what it should
// not: a join that may never come together, a cycle without a branch, a node that nothing leads to.
#pragma once

#include <pel/detail/graph/plan.hpp>
#include <pel/graph/graph_error.hpp>

#include <cstdint>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

class plan_checks {
public:
    explicit plan_checks(const graph_plan& plan) : plan_(plan) {}

    /// Throws: graph_error, std::bad_alloc. Complexity: nodes and edges; for each node that begins a loop, once more.
    void run() {
        if (plan_.size() == 0) return;
        check_outcomes();
        check_joins();
        check_all_reached();
    }

private:
    static constexpr std::uint32_t none = graph_plan::none;

    /// A branch with more successors than it can return.
    void check_outcomes() const {
        for (std::uint32_t each = 0; plan_.has_branches() && each != plan_.size(); ++each) {
            const std::uint32_t outcomes = plan_[each].node->type->outcomes;
            if (!plan_.is_branch(each) || plan_.successor_count(each) <= outcomes) continue;
            throw_error<graph_error>("node " + plan_.label(plan_.successors(each)[outcomes]) + " is successor " +
                                     std::to_string(outcomes) + " of branch " + plan_.label(each) +
                                     ", which returns less than " + std::to_string(outcomes) +
                                     ": it would never be reached");
        }
    }
    /// A node that waits for others, and that a branch may choose, is the begin of a loop: the branch comes after it.
    void check_joins() const {
        for (std::uint32_t branch = 0; plan_.has_branches() && branch != plan_.size(); ++branch) {
            if (!plan_.is_branch(branch)) continue;
            for (std::uint32_t each = 0; each != plan_.successor_count(branch); ++each) {
                const std::uint32_t chosen = plan_.successors(branch)[each];
                if (plan_[chosen].predecessors == 0 || plan_.reached_from(chosen)[branch]) continue;
                throw_error<graph_error>("node " + plan_.label(chosen) + " waits for other nodes, and branch " +
                                         plan_.label(branch) +
                                         ", which does not come after it, may choose it: it might run before them, or "
                                         "never");
            }
        }
    }
    /// Runs the graph without its functions, as if each branch chose all.
    void check_all_reached() const {
        plain_array<std::uint32_t> left(plan_.size(), 0);
        plain_array<bool> is_reached(plan_.size(), false);
        plain_array<std::uint32_t> open;
        std::uint32_t reached = 0;
        const auto reach = [&](std::uint32_t number) {
            if (std::exchange(is_reached[number], true)) return;
            ++reached;
            open.push_back(number);
        };
        for (const std::uint32_t each : plan_.sources()) reach(each);
        if (open.empty()) throw_error<graph_error>("no node to begin with: each has a predecessor" + cycle(is_reached));
        while (!open.empty()) {
            const std::uint32_t each = open.back();
            open.resize(open.size() - 1);
            for (std::uint32_t i = 0; i != plan_.successor_count(each); ++i) {
                const std::uint32_t next = plan_.successors(each)[i];
                if (plan_.is_branch(each) || ++left[next] == plan_[next].predecessors) reach(next);
            }
        }
        if (reached == plan_.size()) return;
        const std::string found = cycle(is_reached);
        if (!found.empty()) throw_error<graph_error>("a cycle without a branch" + found);
        std::uint32_t first = 0;
        while (is_reached[first]) ++first;
        throw_error<graph_error>("node " + plan_.label(first) +
                                 " cannot be reached from the nodes that a run begins with");
    }
    /// Returns: ": 'a', 'b', then 'a' again" of nodes that wait for each other, or nothing.
    std::string cycle(const plain_array<bool>& is_reached) const {
        // Each node that is not reached waits for one that is not, if all that lead to it are waited for.
        plain_array<std::uint32_t> before(plan_.size(), none);
        std::uint32_t at = none;
        for (std::uint32_t from = 0; from != plan_.size(); ++from) {
            if (is_reached[from] || plan_.is_branch(from)) continue;
            for (std::uint32_t i = 0; i != plan_.successor_count(from); ++i) {
                const std::uint32_t to = plan_.successors(from)[i];
                if (is_reached[to]) continue;
                before[to] = from;
                at = to;
            }
        }
        for (std::uint32_t steps = 0; at != none && steps != plan_.size(); ++steps) at = before[at];
        if (at == none) return "";
        std::string text = plan_.label(at) + " again";
        std::uint32_t length = 0;
        for (std::uint32_t each = before[at]; each != at; each = before[each]) {
            if (++length <= 8) text = plan_.label(each) + ", then " + text;
        }
        return ": " + plan_.label(at) + ", then " + (length > 8 ? "…, then " : "") + text;
    }

    const graph_plan& plan_;
};

} // namespace detail
PEL_NAMESPACE_END
