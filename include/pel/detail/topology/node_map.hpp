// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which node a thread is on, by the CPU that it runs on now: a number below nodes(), of the nodes that are home to some
// of the process' CPUs. Immutable; any thread.
#pragma once

#include <pel/detail/platform/current_cpu.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/node_count.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class node_map {
public:
    /// Of one node.
    node_map() = default;

    /// Throws: std::bad_alloc.
    explicit node_map(const machine& whole) {
        plain_array<unsigned> number_of; // by node; 0: none yet
        number_of.resize(whole.nodes.size() + 1, 0);
        unsigned nodes = 0;
        for (const pu& one : whole.pus) {
            unsigned& number = number_of[whole.home_nodes[one.logical_index()]];
            if (number == 0) number = ++nodes;
            if (one.os_index() >= of_cpu_.size()) of_cpu_.resize(one.os_index() + 1, 0);
            of_cpu_[one.os_index()] = number - 1;
        }
        if (nodes != 0) nodes_ = nodes;
    }

    /// Of the process; reads the machine at first use, if there may be several nodes.
    /// Returns: null if there is no memory for it.
    static const node_map* of_process() noexcept {
        static constinit once_pointer<const node_map> map;
        return map.try_get_or_build([] {
            const topology here = topology::discover();
            return may_have_several_nodes(here) ? new node_map(topology_access::machine_of(here)) : new node_map();
        });
    }

    unsigned nodes() const noexcept { return nodes_; }
    /// CPUs that the process was not given are taken for the first node's.
    unsigned node_of(unsigned cpu) const noexcept { return cpu < of_cpu_.size() ? of_cpu_[cpu] : 0; }
    /// Returns: of the calling thread, for now.
    unsigned node() const noexcept { return nodes_ == 1 ? 0 : node_of(current_cpu()); }

private:
    plain_array<unsigned> of_cpu_;
    unsigned nodes_ = 1;
};

} // namespace detail
PEL_NAMESPACE_END
