// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CPU sets as the kernel writes them: "0-3,8".
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/topology/text.hpp>

#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

inline std::string to_cpu_list(const cpu_mask& mask) {
    std::string list;
    for (unsigned cpu = 0; cpu < mask.end(); ++cpu) {
        if (!mask.contains(cpu)) continue;
        unsigned last = cpu;
        while (mask.contains(last + 1)) ++last;
        append(list, {list.empty() ? "" : ",", std::to_string(cpu)});
        if (last != cpu) append(list, {"-", std::to_string(last)});
        cpu = last;
    }
    return list;
}

/// Adds the CPUs of `list` to `mask`. Returns: false if it is no list; an empty one is valid.
inline bool try_parse_cpu_list(std::string_view list, cpu_mask& mask) {
    while (!list.empty()) {
        unsigned long long first = 0;
        if (!try_take_number(list, first)) return false;
        unsigned long long last = first;
        if (!list.empty() && list.front() == '-') {
            list.remove_prefix(1);
            if (!try_take_number(list, last)) return false;
        }
        if (last < first || last >= cpu_mask::max_cpus) return false;
        for (auto cpu = first; cpu <= last; ++cpu) mask.insert(static_cast<unsigned>(cpu));
        if (list.empty()) break;
        if (list.front() != ',' || list.size() == 1) return false;
        list.remove_prefix(1);
    }
    return true;
}

/// Returns: "2 CPUs (0-1)", "no CPUs".
inline std::string describe_cpus(const cpu_mask& cpus) {
    if (cpus.is_empty()) return "no CPUs";
    return concat({count_of(cpus.count(), "CPU"), " (", to_cpu_list(cpus), ")"});
}

} // namespace detail
PEL_NAMESPACE_END
