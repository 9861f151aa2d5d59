// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether the CPUs of a process are near to different memory, without hwloc's 10 ms where one file can tell.
#pragma once

#include <pel/detail/platform/file.hpp>
#include <pel/topology.hpp>

#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: whether PUs have different home nodes; if the machine has not been read: whether that may be.
inline bool may_have_several_nodes(const topology& whole) {
    if (!topology_access::is_this_system(whole) || whole.is_loaded()) {
        const machine& its = topology_access::machine_of(whole);
        for (const unsigned home : its.home_nodes) {
            if (home != its.home_nodes[0]) return true;
        }
        return false;
    }
    std::string online;
    if (read_file("/sys/devices/system/node/online", online) != 0) return false;
    return online.find_first_of(",-") != std::string::npos;
}

} // namespace detail
PEL_NAMESPACE_END
