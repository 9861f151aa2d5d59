// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// node_of: on which NUMA node memory is.
#pragma once

#include <pel/detail/memory/placed_memory.hpp>
#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/numa_memory.hpp>
#include <pel/topology.hpp>

#include <optional>

PEL_NAMESPACE_BEGIN

/// Returns: the node that holds the page of `address` now, by its logical index in topology::discover(); nothing if
/// none does — the page has never been written, or is swapped out, or `address` is no one's — or if the system does not
/// say: the call move_pages is forbidden (many containers), or the node is not one that the process may use. Effects:
/// none; the page is not touched. Thread safety: any thread. Throws: std::bad_alloc. Cost: a system call, some 0.5 µs;
/// the first call reads the machine, unless that has been done (topology::load(), 10 to 100 ms).
inline std::optional<numa_node> node_of(const void* address) {
    const int os_index = detail::find_node_of_page(address);
    if (os_index < 0) return std::nullopt;
    const auto nodes = topology::discover().numa_nodes();
    if (detail::is_flat(nodes)) return numa_node{0};
    for (const numa_node_info& node : nodes) {
        if (node.os_index() == static_cast<unsigned>(os_index)) return numa_node{node.logical_index()};
    }
    return std::nullopt;
}

PEL_NAMESPACE_END
