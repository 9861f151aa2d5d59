// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A machine of which nothing is known but its CPUs. Any thread.
#pragma once

#include <pel/detail/platform/affinity.hpp>
#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

inline cpu_mask read_online_cpus() {
    std::string list;
    cpu_mask online;
    const bool is_read = read_file("/sys/devices/system/cpu/online", list) == 0;
    if (is_read && try_parse_cpu_list(without_trailing_space(list), online) && !online.is_empty()) return online;
    return cpu_mask::first(online_cpu_count());
}

/// Returns: a machine without structure, whose PUs are the CPUs of `allowed`, in one node of unknown memory.
/// `reason` says why no better is known.
inline machine make_flat_machine(const cpu_mask& allowed, std::string_view reason) {
    machine flat;
    flat.source = concat({"flat: ", reason});
    flat.online = read_online_cpus();
    flat.description = concat({"  ", describe_cpus(flat.online), " online\n"});
    for (unsigned cpu = 0; cpu < allowed.end(); ++cpu) {
        if (allowed.contains(cpu)) flat.add_pu(cpu);
    }
    flat.add_domain(0);
    node_facts all;
    all.pus = {flat.pus.data(), flat.pus.size()};
    all.has_memory = all.is_home = true;
    flat.nodes.push_back(numa_node_info(all));
    flat.home_nodes.resize(flat.pus.size());
    flat.distances.push_back(machine::local_distance);
    return flat;
}

} // namespace detail
PEL_NAMESPACE_END
