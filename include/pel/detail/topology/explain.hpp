// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text of topology::explain(): which limit decided, all limits that were found, the machine.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/topology/cpu_limits.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <cstdlib>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: why the concurrency is what it is, in half a sentence.
inline std::string describe_decision(const cpu_limits& limits, const cpu_mask& online) {
    if (limits.decided_by == deciding_limit::quota) {
        return concat({"the CPU quota in ", limits.quota_file, " is ", describe_quota(limits.quota)});
    }
    const std::string allowed = describe_cpus(limits.allowed);
    if (online.is_subset_of(limits.allowed)) return concat({"nothing limits the process, the machine has ", allowed});
    if (limits.decided_by == deciding_limit::cpuset) {
        return concat({"the cpuset in ", limits.cpuset_file, " allows ", allowed});
    }
    if (limits.allowed == limits.affinity) return concat({"the affinity mask of the process allows ", allowed});
    return concat({"the affinity mask and the cpuset together allow ", allowed});
}

/// Returns: a line if the environment overrides what was found, else nothing.
inline std::string describe_environment() {
    const char* text = std::getenv("PEL_NUM_THREADS");
    if (text == nullptr || *text == '\0') return {};
    return concat({"PEL_NUM_THREADS is ", text, ": pools that name no concurrency of their own take that instead\n"});
}

PEL_COLD inline std::string explain(const cpu_limits& limits, const machine& found) {
    return concat({"concurrency ", std::to_string(limits.concurrency), ": ", describe_decision(limits, found.online),
                   "\n", describe_environment(), limits.report, "machine (source: ", found.source, "):\n",
                   found.description});
}

} // namespace detail
PEL_NAMESPACE_END
