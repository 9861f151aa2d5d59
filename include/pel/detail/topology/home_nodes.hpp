// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which NUMA node each PU gets its memory from by default. Linux knows, and is asked about this system; hwloc does not say
// (it gives a node whose CPUs are spread over packages the CPUs of all of them), so for other machines it is found again:
// H1: of several nodes with a PU, that of the usual memory (no subtype, or DRAM) is its own, else the one with the
// smallest OS index: nodes that have CPUs in the kernel are numbered before those that firmware adds.
// H2: the PUs of a node without memory, or whose memory the process may not use, get it from the nearest other node;
// of those at equal distance, as in the kernel's zone lists, from one that is numbered higher.
// H3: memory without CPUs is nobody's home. PUs of no node have no home.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/node_cpus.hpp>

#include <cstddef>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

class home_finder {
public:
    /// Requires: PUs, nodes and distances are there.
    explicit home_finder(machine& found) : machine_(found) {
        machine_.home_nodes.assign(machine_.pus.size(), static_cast<unsigned>(machine_.nodes.size()));
        is_known_.assign(machine_.pus.size(), false);
    }

    /// Takes the kernel's word instead of H1 for the CPUs that the files below `root` speak of.
    void ask_kernel(std::string_view root) {
        for (const numa_node_info& node : machine_.nodes) {
            cpu_mask cpus;
            if (!try_read_node_cpus(root, node.os_index(), cpus)) continue;
            for (const pu& unit : machine_.pus) {
                if (!cpus.contains(unit.os_index())) continue;
                machine_.home_nodes[unit.logical_index()] = node.logical_index();
                is_known_[unit.logical_index()] = true;
            }
        }
    }

    /// Fills home_nodes, and is_home of the nodes.
    void find() {
        const auto none = static_cast<unsigned>(machine_.nodes.size());
        for (numa_node_info& node : machine_.nodes) {
            node.facts_.is_home = false;
            offer(node);
        }
        for (unsigned& home : machine_.home_nodes) {
            if (home != none) home = find_memory(machine_.nodes[home]);
            if (home != none) machine_.nodes[home].facts_.is_home = true;
        }
    }

private:
    static bool is_usual(const numa_node_info& node) { return node.subtype().empty() || node.subtype() == "DRAM"; }

    void offer(const numa_node_info& node) {
        for (const pu& unit : node.pus()) {
            unsigned& own = machine_.home_nodes[unit.logical_index()];
            if (is_known_[unit.logical_index()]) continue;
            const bool is_first = own == machine_.nodes.size();
            if (is_first || is_preferred(node, machine_.nodes[own])) own = node.logical_index();
        }
    }

    /// H1.
    static bool is_preferred(const numa_node_info& one, const numa_node_info& other) {
        if (is_usual(one) != is_usual(other)) return is_usual(one);
        return one.os_index() < other.os_index();
    }

    /// H2, H3. Returns: the number of nodes if there is none.
    unsigned find_memory(const numa_node_info& from) const {
        if (from.facts_.has_memory) return from.logical_index();
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
    plain_array<bool> is_known_; // by PU
};

} // namespace detail
PEL_NAMESPACE_END
