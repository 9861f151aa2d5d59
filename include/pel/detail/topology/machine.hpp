// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a topology knows of the machine once it has been read, by hwloc or without. Immutable.
#pragma once

#include <pel/detail/platform/affinity.hpp>
#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/text.hpp>

#include <string>
#include <string_view>
#include <vector>

PEL_NAMESPACE_BEGIN

/// A processing unit: one hardware thread that the process may run on.
class pu {
public:
    constexpr pu(unsigned logical_index, unsigned os_index) noexcept
        : logical_index_(logical_index), os_index_(os_index) {}

    /// Returns: its place in topology::pus(). Neighbours in the machine are neighbours there.
    constexpr unsigned logical_index() const noexcept { return logical_index_; }
    /// Returns: the kernel's number, as in /proc/cpuinfo and taskset.
    constexpr unsigned os_index() const noexcept { return os_index_; }

    friend constexpr bool operator==(const pu&, const pu&) = default;

private:
    unsigned logical_index_;
    unsigned os_index_;
};

namespace detail {

struct machine {
    std::string source;      ///< "hwloc", or "flat: …" with the reason
    std::string description; ///< lines for people, each with its line end
    std::vector<pu> pus;     ///< allowed ones, in machine order
    cpu_mask online;         ///< all of the machine, allowed or not

    void add_pu(unsigned os_index) { pus.push_back({static_cast<unsigned>(pus.size()), os_index}); }
};

inline cpu_mask read_online_cpus() {
    std::string list;
    cpu_mask online;
    const bool is_read = read_file("/sys/devices/system/cpu/online", list) == 0;
    if (is_read && try_parse_cpu_list(without_trailing_space(list), online) && !online.is_empty()) return online;
    return cpu_mask::first(online_cpu_count());
}

/// Returns: a machine without structure, whose PUs are the CPUs of `allowed`. `reason` says why no better is known.
inline machine make_flat_machine(const cpu_mask& allowed, std::string_view reason) {
    machine flat;
    flat.source = concat({"flat: ", reason});
    flat.online = read_online_cpus();
    flat.description = concat({"  ", describe_cpus(flat.online), " online\n"});
    for (unsigned cpu = 0; cpu < allowed.end(); ++cpu) {
        if (allowed.contains(cpu)) flat.add_pu(cpu);
    }
    return flat;
}

} // namespace detail
PEL_NAMESPACE_END
