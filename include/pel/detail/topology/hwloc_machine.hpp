// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the machine out of hwloc's tree. Any thread; several at once are independent.
// Whatever goes wrong with this system leads to a flat machine that says why; nothing here throws but std::bad_alloc.
//
// One walk over the tree does it: a PU's logical index is the order in which the walk meets it, so every object covers
// the PUs that were met inside it, and objects that end later include those that ended before.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/topology/flat_machine.hpp>
#include <pel/detail/topology/home_nodes.hpp>
#include <pel/detail/topology/hwloc_attributes.hpp>
#include <pel/detail/topology/hwloc_distances.hpp>
#include <pel/detail/topology/hwloc_tree.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

class machine_reader {
public:
    /// For a process with the CPUs `allowed` and memory of the nodes `allowed_nodes`. Reads all but the home nodes.
    machine_reader(const hwloc_tree& tree, const cpu_mask& allowed, hwloc_const_bitmap_t allowed_nodes)
        : tree_(tree), allowed_(allowed), allowed_nodes_(allowed_nodes) {}

    machine read() && {
        result_.source = "hwloc";
        result_.online = tree_.pus();
        result_.pus.reserve(result_.online.count()); // runs point there
        visit(::hwloc_get_root_obj(tree_.get()), 1);
        sort_caches();
        read_nodes();
        read_core_kinds(tree_, result_);
        distance_reader(tree_, result_).read();
        describe_model();
        return std::move(result_);
    }

private:
    static unsigned next_index(std::size_t size) { return static_cast<unsigned>(size); }

    /// `nesting`: N2.
    void visit(hwloc_obj_t object, std::size_t nesting) {
        set_mark(object, nesting);
        if (object->type == HWLOC_OBJ_PU) {
            if (allowed_.contains(object->os_index)) result_.add_pu(object->os_index);
            return;
        }
        const std::size_t first = result_.pus.size();
        for (hwloc_obj_t child = object->first_child; child != nullptr; child = child->next_sibling) {
            const bool is_same = ::hwloc_bitmap_isequal(child->complete_cpuset, object->complete_cpuset) != 0;
            visit(child, is_same ? nesting : nesting + 1);
        }
        if (result_.pus.size() > first) add(object, first);
    }

    void add(hwloc_obj_t object, std::size_t first) {
        result_.add_domain(first);
        const pu_range pus(result_.pus.data() + first, result_.pus.size() - first);
        if (object->type == HWLOC_OBJ_CORE) {
            result_.cores.push_back(core(next_index(result_.cores.size()), object->os_index, 0, 1024, pus));
        } else if (object->type == HWLOC_OBJ_PACKAGE) {
            result_.packages.push_back(package(next_index(result_.packages.size()), object->os_index, pus));
        } else if (object->type >= HWLOC_OBJ_L1CACHE && object->type <= HWLOC_OBJ_L5CACHE) {
            const auto& attributes = object->attr->cache;
            result_.caches.push_back(cache(0, attributes.depth, static_cast<std::size_t>(attributes.size), pus));
        }
    }

    /// By level; inside a level they are in order.
    void sort_caches() {
        constexpr unsigned levels = 5;
        plain_array<cache> sorted;
        for (unsigned level = 1; level <= levels; ++level) {
            unsigned count = 0;
            for (const cache& one : result_.caches) {
                if (one.level() == level) sorted.push_back(cache(count++, level, one.size(), one.pus()));
            }
        }
        result_.caches = std::move(sorted);
    }

    bool is_allowed(hwloc_obj_t node) const { return ::hwloc_bitmap_isset(allowed_nodes_, node->os_index) != 0; }

    void read_nodes() {
        unsigned long long known = 0;
        for (unsigned i = 0; i < tree_.count(HWLOC_OBJ_NUMANODE); ++i) {
            const hwloc_obj_t node = tree_.object(HWLOC_OBJ_NUMANODE, i);
            if (is_allowed(node)) known |= node->attr->numanode.local_memory;
        }
        for (unsigned i = 0; i < tree_.count(HWLOC_OBJ_NUMANODE); ++i) {
            add_node(tree_.object(HWLOC_OBJ_NUMANODE, i), known != 0);
        }
    }

    /// N1. Where sizes are known, a node without a size has no memory.
    void add_node(hwloc_obj_t node, bool are_sizes_known) {
        node_facts facts;
        facts.pus = find_pus(node->cpuset);
        const bool is_usable = is_allowed(node) || !facts.pus.empty();
        if (is_usable) {
            facts.logical_index = next_index(result_.nodes.size());
            facts.os_index = node->os_index;
            if (is_allowed(node)) facts.memory = node->attr->numanode.local_memory;
            facts.has_memory = is_allowed(node) && (facts.memory != 0 || !are_sizes_known);
            if (node->subtype != nullptr) {
                std::string_view(node->subtype).copy(facts.subtype, sizeof facts.subtype - 1);
            }
            if (!facts.pus.empty()) {
                facts.bandwidth = read_bandwidth(tree_, node, facts.pus[0].os_index());
                facts.latency = read_latency(tree_, node, facts.pus[0].os_index());
            }
            result_.nodes.push_back(numa_node_info(facts));
        }
        set_mark(node, is_usable ? result_.nodes.size() : 0);
    }

    /// Returns: the run of the PUs that are in `cpus`.
    pu_range find_pus(hwloc_const_bitmap_t cpus) const {
        const pu* first = nullptr;
        const pu* last = nullptr;
        for (const pu& one : result_.pus) {
            if (::hwloc_bitmap_isset(cpus, one.os_index()) == 0) continue;
            if (first == nullptr) first = &one;
            last = &one;
        }
        if (first == nullptr) return {};
        return {first, static_cast<std::size_t>(last - first) + 1};
    }

    void describe_model() {
        hwloc_obj_t object = tree_.object(HWLOC_OBJ_PACKAGE, 0);
        if (object == nullptr) object = ::hwloc_get_root_obj(tree_.get());
        const char* model = nullptr;
        for (; object != nullptr && model == nullptr; object = object->parent) {
            model = ::hwloc_obj_get_info_by_name(object, "CPUModel");
        }
        if (model != nullptr) result_.description = concat({"  ", without_trailing_space(model), "\n"});
    }

    const hwloc_tree& tree_;
    const cpu_mask& allowed_;
    hwloc_const_bitmap_t allowed_nodes_;
    machine result_;
};

/// Returns: what is wrong with the tree as a picture of this machine, or nothing.
inline std::string find_hwloc_fault(const hwloc_tree& tree, const cpu_mask& allowed) {
    if (!tree.is_loaded()) return concat({"hwloc failed (", error_text(tree.error()), ")"});
    if (::hwloc_topology_is_thissystem(tree.get()) == 0) {
        return "hwloc was told to show another machine (HWLOC_XMLFILE, HWLOC_SYNTHETIC or HWLOC_FSROOT is set)";
    }
    if (!allowed.is_subset_of(tree.pus())) return "hwloc does not know all CPUs that the process may use";
    return {};
}

PEL_COLD PEL_INLINE machine read_machine(const cpu_mask& allowed) {
    if (is_foreign_hwloc()) {
        return make_flat_machine(allowed, "the hwloc library that runs has another major version than the one that "
                                          "this program was compiled for");
    }
    hwloc_tree tree(hwloc_quiet_flags);
    const std::string fault = find_hwloc_fault(tree, allowed);
    if (!fault.empty()) return make_flat_machine(allowed, fault);
    cpu_mask online = tree.pus();
    if (!tree.has_caches()) {
        hwloc_tree more(hwloc_cpuid_flags);
        if (find_hwloc_fault(more, allowed).empty()) tree = std::move(more);
    }
    machine result = machine_reader(tree, allowed, ::hwloc_topology_get_allowed_nodeset(tree.get())).read();
    result.online = std::move(online);
    home_finder homes(result);
    homes.ask_kernel({});
    homes.find();
    return result;
}

} // namespace detail
PEL_NAMESPACE_END
