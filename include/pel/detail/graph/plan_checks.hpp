// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What keeps a graph from running to its end, or as it was meant, found before it runs, so that no run hangs, leaves out
// what it should not, or reads what is not there: a join that may never come together, a cycle without a branch, a node
// that nothing leads to, a value that may be gone or change while it is read.
//   Why no value is read before it is made: a node runs first when all that it waits for have run, and so has each whose
//   value it reads; or when a branch chooses it, which check_join() lets only those do that run after it has run. Why
//   none changes while it is read, and none is moved away twice: joins.hpp (I3), check_values().
#pragma once

#include <pel/detail/graph/plan.hpp>
#include <pel/graph/graph_error.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

class plan_checks {
public:
    /// Of a graph with these edges, at least those that carry values.
    plan_checks(const graph_plan& plan, const plain_array<graph_edge>& edges) : plan_(plan), edges_(edges) {}

    /// Throws: graph_error, std::bad_alloc. Complexity: nodes and edges; for each node that begins a loop, once more.
    void run() {
        if (plan_.size() == 0) return;
        check_outcomes();
        for (std::uint32_t each = 0; plan_.has_branches() && each != plan_.size(); ++each) check_join(each);
        check_values();
        check_all_reached();
    }
    /// Of a run from one node on: what comes before it counts as having run, but has made no values. Throws: as run().
    void run_from(std::uint32_t first) {
        for (const graph_edge& each : edges_) {
            if (!each.carries_value) continue;
            if (each.to == first)
                throw_error<graph_error>("node " + plan_.label(first) + " reads the value of node " +
                                         plan_.label(each.from) + ", which a run from it makes too late");
            if (plan_.has_branches()) check_join(each.to);
        }
        check_values();
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
    /// A node that waits for others, and that a branch may choose, is the begin of a loop: the branch does not run before it.
    void check_join(std::uint32_t join) const {
        if (plan_[join].predecessors == 0 || plan_.choices(join) == 0) return;
        const plain_array<bool> before = reached_without(join);
        for (std::uint32_t branch = 0; branch != plan_.size(); ++branch) {
            if (!before[branch] || !plan_.is_branch(branch)) continue;
            const std::uint32_t* const end = plan_.successors(branch) + plan_.successor_count(branch);
            if (std::find(plan_.successors(branch), end, join) == end) continue;
            throw_error<graph_error>("node " + plan_.label(join) + " waits for other nodes, and branch " +
                                     plan_.label(branch) +
                                     ", which does not always come after it, may choose it: it might run before them, "
                                     "or never");
        }
    }
    /// A node that a branch may choose again, and that reads a value.
    void check_values() const {
        for (const graph_edge& each : edges_) {
            if (!each.carries_value || !plan_.has_branches() || plan_.choices(each.to) == 0) continue;
            if (plan_[each.from].node->readers == node_readers::mover)
                throw_error<graph_error>("node " + plan_.label(each.to) + " moves the value of node " +
                                         plan_.label(each.from) +
                                         " away, and a branch may choose it again: there would be none");
            if (!plan_.runs_once(each.from))
                throw_error<graph_error>("node " + plan_.label(each.to) +
                                         ", which a branch may choose again, reads "
                                         "the value of node " +
                                         plan_.label(each.from) + ", which may be made again meanwhile");
        }
    }
    /// Runs the graph without its functions, as if each branch chose all, and without the node `gone`, or none. Returns:
    /// which nodes ran.
    plain_array<bool> reached_without(std::uint32_t gone) const {
        plain_array<std::uint32_t> left(plan_.size(), 0);
        plain_array<bool> is_reached(plan_.size(), false);
        plain_array<std::uint32_t> open;
        const auto reach = [&](std::uint32_t number) {
            if (number != gone && !std::exchange(is_reached[number], true)) open.push_back(number);
        };
        for (const std::uint32_t each : plan_.sources()) reach(each);
        for (std::size_t next = 0; next != open.size(); ++next) {
            const std::uint32_t each = open[next];
            for (std::uint32_t i = 0; i != plan_.successor_count(each); ++i) {
                const std::uint32_t after = plan_.successors(each)[i];
                if (plan_.is_branch(each) || ++left[after] == plan_[after].predecessors) reach(after);
            }
        }
        return is_reached;
    }
    void check_all_reached() const {
        const plain_array<bool> is_reached = reached_without(none);
        if (plan_.sources().empty())
            throw_error<graph_error>("no node to begin with: each has a predecessor" + cycle(is_reached));
        const bool* const first = std::find(is_reached.begin(), is_reached.end(), false);
        if (first == is_reached.end()) return;
        const std::string found = cycle(is_reached);
        if (!found.empty()) throw_error<graph_error>("a cycle without a branch" + found);
        throw_error<graph_error>("node " + plan_.label(static_cast<std::uint32_t>(first - is_reached.begin())) +
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
    const plain_array<graph_edge>& edges_;
};

} // namespace detail
PEL_NAMESPACE_END
