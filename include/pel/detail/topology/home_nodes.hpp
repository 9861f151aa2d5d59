// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which NUMA node each PU gets its memory from by default. Linux knows; hwloc does not say, so it is found again:
// H1: of several nodes with the same PUs the usual memory (no subtype, or DRAM) is the home, else the one with the
// smallest OS index: nodes that have CPUs in the kernel are numbered before those that firmware adds.
// H2: the PUs of a node without memory, or whose memory the process may not use, get it from the nearest other node;
// of those at equal distance, as in the kernel's zone lists, from one that is numbered higher.
// H3: memory without CPUs is nobody's home. PUs of no node have no home.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/topology/machine.hpp>

#include <cstddef>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

class home_finder {
public:
    explicit home_finder(machine& found) : machine_(found) {}

    /// Fills home_nodes, and is_home of the nodes. Requires: PUs, nodes and distances are there.
    void find() {
        const auto none = static_cast<unsigned>(machine_.nodes.size());
        machine_.home_nodes.resize(machine_.pus.size(), none);
        for (const numa_node_info& node : machine_.nodes) {
            if (node.facts_.has_memory) offer(node);
        }
        for (const numa_node_info& node : machine_.nodes) {
            if (node.facts_.has_memory) continue;
            const unsigned nearest = find_nearest(node);
            for (const pu& unit : node.pus()) {
                if (home(unit) == none) home(unit) = nearest;
            }
        }
        for (const unsigned node : machine_.home_nodes) {
            if (node != none) machine_.nodes[node].facts_.is_home = true;
        }
    }

private:
    unsigned& home(const pu& unit) { return machine_.home_nodes[unit.logical_index()]; }

    static bool is_usual(const numa_node_info& node) { return node.subtype().empty() || node.subtype() == "DRAM"; }

    void offer(const numa_node_info& node) {
        for (const pu& unit : node.pus()) {
            unsigned& current = home(unit);
            if (current == machine_.nodes.size() || is_preferred(node, machine_.nodes[current])) {
                current = node.logical_index();
            }
        }
    }

    /// H1.
    static bool is_preferred(const numa_node_info& one, const numa_node_info& other) {
        if (is_usual(one) != is_usual(other)) return is_usual(one);
        return one.os_index() < other.os_index();
    }

    /// H2, H3. Returns: the number of nodes if there is none.
    unsigned find_nearest(const numa_node_info& from) const {
        auto nearest = static_cast<unsigned>(machine_.nodes.size());
        unsigned least = ~0U;
        for (const numa_node_info& to : machine_.nodes) {
            if (!to.facts_.has_memory || to.pus().empty()) continue;
            const unsigned cost = 2 * machine_.distance(from.logical_index(), to.logical_index()) +
                                  (to.os_index() < from.os_index() ? 1U : 0U);
            if (cost >= least) continue;
            least = cost;
            nearest = to.logical_index();
        }
        return nearest;
    }

    machine& machine_;
};

} // namespace detail
PEL_NAMESPACE_END
