// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where on the machine threads come together before they come together as a whole: a forest of its domains, each at least
// four times as large as those inside it. Leaves are what a few CPUs share (a cache, a node); above them are larger ones,
// and above the outermost the machine, which is no place of its own. Immutable; any thread.
// C1: a place comes before the one above it; leaves come first. The last leaf is for the CPUs that are in no other.
#pragma once

#include <pel/detail/platform/current_cpu.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sync/combining_tree.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/node_count.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class combining_map {
public:
    static constexpr unsigned no_place = combining_tree::no_place;

    /// Without places.
    combining_map() = default;

    /// Throws: std::bad_alloc.
    explicit combining_map(const machine& whole) {
        plain_array<area> areas;
        plain_array<unsigned> outermost; // by PU: of the areas that it is in
        outermost.resize(whole.pus.size(), no_place);
        for (const domain& each : whole.domains) {
            if (each.count == whole.pus.size()) break;
            add_area(each, areas, outermost);
        }
        for (const area& each : areas) leaves_ += each.is_leaf;
        if (leaves_ == 0) return;
        ++leaves_; // for the others
        number(areas);
        for (const pu& one : whole.pus) {
            if (one.os_index() >= of_cpu_.size()) of_cpu_.resize(one.os_index() + 1, leaves_ - 1);
        }
        for (const area& each : areas) {
            if (!each.is_leaf) continue;
            for (unsigned n = each.first; n < each.first + each.count; ++n)
                of_cpu_[whole.pus[n].os_index()] = each.number;
        }
    }

    /// Of the process; reads the machine at first use, if it may be a large one.
    /// Returns: null if there is no memory for it.
    static const combining_map* of_process() noexcept {
        static constinit once_pointer<const combining_map> map;
        return map.try_get_or_build([] {
            const topology here = topology::discover();
            if (here.concurrency() < few_cpus && !may_have_several_nodes(here)) return new combining_map();
            return new combining_map(topology_access::machine_of(here));
        });
    }

    /// 0, or at least combining_tree::fewest_leaves: one, and that for the others.
    unsigned leaves() const noexcept { return leaves_; }
    unsigned places() const noexcept { return static_cast<unsigned>(above_.size()); }
    /// Returns: what encloses a place; no_place: nothing but the machine does.
    unsigned above(unsigned place) const noexcept { return above_[place]; }
    unsigned leaf_of(unsigned cpu) const noexcept { return cpu < of_cpu_.size() ? of_cpu_[cpu] : leaves_ - 1; }
    /// Returns: that of the calling thread, for now. Requires: leaves() != 0.
    unsigned leaf() const noexcept { return leaf_of(current_cpu()); }

private:
    static constexpr unsigned least_factor = 4, few_cpus = 32;

    /// A domain that is a place.
    struct area {
        unsigned first, count;
        bool is_leaf; ///< there is none inside
        unsigned above, number;
    };

    /// Domains nest, and inner ones come first (M2).
    static void add_area(const domain& each, plain_array<area>& areas, plain_array<unsigned>& outermost) {
        unsigned largest = 0;
        for (unsigned n = each.first; n < each.first + each.count; ++n) {
            if (outermost[n] != no_place && areas[outermost[n]].count > largest) largest = areas[outermost[n]].count;
        }
        if (each.count < least_factor * (largest == 0 ? 1 : largest)) return;
        const auto added = static_cast<unsigned>(areas.size());
        areas.push_back({each.first, each.count, largest == 0, no_place, 0});
        for (unsigned n = each.first; n < each.first + each.count; ++n) {
            if (outermost[n] != no_place) areas[outermost[n]].above = added;
            outermost[n] = added;
        }
    }

    void number(plain_array<area>& areas) {
        unsigned leaf = 0, inner = leaves_;
        for (area& each : areas) each.number = each.is_leaf ? leaf++ : inner++;
        above_.resize(inner, no_place);
        for (const area& each : areas) {
            if (each.above != no_place) above_[each.number] = areas[each.above].number;
        }
    }

    plain_array<unsigned> of_cpu_, above_;
    unsigned leaves_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END
