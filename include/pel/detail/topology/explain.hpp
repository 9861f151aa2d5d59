// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text of topology::explain(): which limit decided, all limits that were found, the machine.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/topology/cpu_limits.hpp>
#include <pel/detail/topology/machine.hpp>

#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: "2 CPUs (0-1)".
inline std::string describe_cpus(const cpu_mask& cpus) {
    return count_of(cpus.count(), "CPU") + " (" + to_cpu_list(cpus) + ")";
}

/// Returns: "2 CPUs (150000 us of every 100000 us)".
inline std::string describe_time(const cpu_quota& quota) {
    return count_of(quota.cpus(), "CPU") + " (" + std::to_string(quota.quota) + " us of every " +
           std::to_string(quota.period) + " us)";
}

/// Returns: why the concurrency is what it is, in half a sentence.
inline std::string describe_decision(const cpu_limits& limits, const cpu_mask& online) {
    if (limits.decided_by == deciding_limit::quota) {
        const cpu_quota& quota = limits.quotas[limits.decisive];
        return "the CPU quota in " + quota.file + " is " + describe_time(quota);
    }
    const std::string allowed = describe_cpus(limits.allowed);
    if (online.is_subset_of(limits.allowed)) return "nothing limits the process, the machine has " + allowed;
    if (limits.decided_by == deciding_limit::cpuset) {
        return "the cpuset in " + limits.cpusets[limits.decisive].file + " allows " + allowed;
    }
    if (limits.allowed == limits.affinity) return "the affinity mask of the process allows " + allowed;
    return "the affinity mask and the cpuset together allow " + allowed;
}

/// Returns: a line per limit and note.
inline std::string describe_limits(const cpu_limits& limits) {
    std::string text = "  affinity mask: " + describe_cpus(limits.affinity) + '\n';
    for (const cpuset_limit& cpuset : limits.cpusets) {
        text += "  cpuset: " + describe_cpus(cpuset.cpus) + " in " + cpuset.file + '\n';
    }
    for (const cpu_quota& quota : limits.quotas) {
        text += "  CPU quota: " + describe_time(quota) + " in " + quota.file + '\n';
    }
    if (limits.quotas.empty()) text += "  CPU quota: none\n";
    for (const std::string& note : limits.notes) text += "  note: " + note + '\n';
    return text;
}

PEL_COLD inline std::string explain(const cpu_limits& limits, const machine& found) {
    std::string text = "concurrency " + std::to_string(limits.concurrency) + ": ";
    text += describe_decision(limits, found.online) + '\n' + describe_limits(limits);
    text += "machine (source: " + found.source + "):\n" + found.description;
    return text;
}

} // namespace detail
PEL_NAMESPACE_END
