// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a topology comes to be: its definitions, which topology.hpp declares.
#pragma once

#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/core_speeds.hpp>
#include <pel/detail/topology/cpu_limits_reader.hpp>
#include <pel/detail/topology/explain.hpp>
#include <pel/detail/topology/node_count.hpp>
#include <pel/detail/topology/node_cpus.hpp>
#include <pel/detail/topology/text.hpp>
#include <pel/topology.hpp>

#ifdef PEL_NO_HWLOC
#include <pel/detail/topology/no_hwloc_machine.hpp>
#else
#include <pel/detail/topology/described_machine.hpp>
#include <pel/detail/topology/hwloc_machine.hpp>
#endif

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE topology_state::topology_state(cpu_limits limits) : limits_(std::move(limits)) {}
PEL_INLINE topology_state::topology_state(cpu_limits limits, machine&& found) : limits_(std::move(limits)) {
    machine_.get_or_build([&] { return new machine(std::move(found)); });
}
PEL_INLINE topology_state::~topology_state() { delete machine_.try_get(); }

PEL_INLINE const machine& topology_state::get_machine() const {
    return machine_.get_or_build([this] { return new machine(read_machine(limits_.allowed)); });
}

PEL_INLINE topology topology_access::make(cpu_limits limits) { return topology(new topology_state(std::move(limits))); }

PEL_INLINE topology topology_access::make_described(std::string_view description, machine&& found,
                                                    std::string_view fault) {
    if (!fault.empty()) throw_error<topology_error>(concat({"pel::topology: ", description, ": ", fault}));
    cpu_mask allowed;
    for (const pu& one : found.pus) allowed.insert(one.os_index());
    return topology(new topology_state(make_described_limits(description, std::move(allowed)), std::move(found)));
}

PEL_INLINE bool may_have_several_nodes(const topology& whole) {
    if (!topology_access::is_this_system(whole) || whole.is_loaded()) {
        const machine& its = topology_access::machine_of(whole);
        for (const unsigned home : its.home_nodes) {
            if (home != its.home_nodes[0]) return true;
        }
        return false;
    }
    cpu_mask nodes;
    if (!try_read_list("/sys/devices/system/node/online", nodes) || nodes.count() < 2) return false;
    unsigned own = 0;
    for (unsigned node = 0; node < nodes.end() && own < 2; ++node) {
        cpu_mask cpus;
        if (!nodes.contains(node)) continue;
        if (!try_read_node_cpus({}, node, cpus)) return true;
        own += (cpus & topology_access::limits(whole).allowed).is_empty() ? 0U : 1U;
    }
    return own > 1;
}

/// The slowest and the fastest of some.
struct speed_range {
    unsigned long long least = ~0ULL, most = 0;

    void add(unsigned long long speed) noexcept {
        if (speed < least) least = speed;
        if (speed > most) most = speed;
    }
    bool is_wide() const noexcept { return least < most - most / 10; }
};

PEL_INLINE bool have_unequal_speeds(std::string_view root, const cpu_mask& cpus) {
    for (const char* const measure : {"/cpu_capacity", "/cpufreq/cpuinfo_max_freq", "/cpufreq/base_frequency"}) {
        speed_range speeds;
        bool is_known = true;
        std::string text;
        for (unsigned cpu = 0; is_known && cpu < cpus.end(); ++cpu) {
            if (!cpus.contains(cpu)) continue;
            const std::string file = concat({root, "/sys/devices/system/cpu/cpu", std::to_string(cpu), measure});
            unsigned long long speed = 0;
            std::string_view number;
            is_known = read_file(file.c_str(), text) == 0 && try_take_number(number = text, speed);
            if (is_known) speeds.add(speed);
        }
        if (is_known) return speeds.is_wide();
    }
    return false;
}

PEL_INLINE bool may_have_unequal_cores(const topology& whole) {
    if (topology_access::is_this_system(whole) && !whole.is_loaded())
        return have_unequal_speeds({}, topology_access::limits(whole).allowed);
    speed_range speeds;
    for (const core& each : topology_access::machine_of(whole).cores) speeds.add(each.capacity());
    return speeds.is_wide();
}

} // namespace detail

PEL_INLINE topology_range<cache> topology::caches(unsigned level) const {
    const auto& all = get().caches;
    std::size_t first = 0;
    while (first < all.size() && all[first].level() != level) ++first;
    std::size_t last = first;
    while (last < all.size() && all[last].level() == level) ++last;
    return {state_, all.data() + first, last - first};
}

PEL_INLINE std::string topology::source() const { return get().source; }
PEL_INLINE std::string topology::explain() const { return detail::explain(state_->limits(), get()); }

PEL_INLINE topology topology::from_xml(const std::string& path) {
    detail::machine found;
    const std::string fault = detail::read_xml_machine(path, found);
    return detail::topology_access::make_described(path, std::move(found), fault);
}

PEL_INLINE topology topology::from_synthetic(const std::string& text) {
    detail::machine found;
    const std::string fault = detail::read_synthetic_machine(text, found);
    return detail::topology_access::make_described(detail::concat({"\"", text, "\""}), std::move(found), fault);
}

PEL_INLINE unsigned topology::distance(unsigned from, unsigned to) const {
    const detail::machine& machine = get();
    const std::size_t nodes = machine.nodes.size();
    if (from >= nodes || to >= nodes) {
        detail::throw_error<std::invalid_argument>(
            detail::concat({"pel::topology::distance: there is no NUMA node ",
                            std::to_string(from >= nodes ? from : to), ", the machine has ", std::to_string(nodes)}));
    }
    return machine.distance(from, to);
}

PEL_INLINE topology topology::discover_again() { return detail::topology_access::make(detail::read_cpu_limits()); }

PEL_INLINE topology topology::discover() {
    static constinit detail::once_pointer<const topology> cached;
    return cached.get_or_build([] { return new topology(discover_again()); });
}

PEL_NAMESPACE_END
