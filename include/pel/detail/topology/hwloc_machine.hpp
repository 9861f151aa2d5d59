// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the machine with hwloc: the only header that includes it. Any thread; several at once are independent.
//
// hwloc is first told not to touch bindings: its CPUID back end moves the calling thread over all CPUs, also over those
// that the process was not given. Only where Linux tells nothing of caches (many virtual machines) that back end is
// asked too, and then kept to the CPUs of the process.
// Whatever goes wrong leads to a flat machine that says why; nothing here throws but std::bad_alloc.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/file.hpp>
#include <pel/detail/topology/cpu_list.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <hwloc.h>

#include <cerrno>
#include <string>
#include <utility>

#if HWLOC_API_VERSION < 0x00020000
#error "PEL needs hwloc 2.0 or newer; with PEL_NO_HWLOC it builds without, and knows nothing of caches and NUMA nodes"
#endif

PEL_NAMESPACE_BEGIN
namespace detail {

#if HWLOC_API_VERSION >= 0x00020500
inline constexpr unsigned long hwloc_quiet_flags =
    HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED | HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING;
inline constexpr unsigned long hwloc_cpuid_flags =
    HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM | HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING;
#else
// Older versions cannot be told: their first reading asks all back ends.
inline constexpr unsigned long hwloc_quiet_flags = HWLOC_TOPOLOGY_FLAG_WHOLE_SYSTEM;
inline constexpr unsigned long hwloc_cpuid_flags = HWLOC_TOPOLOGY_FLAG_WHOLE_SYSTEM;
#endif

/// Owns what hwloc has read.
class hwloc_tree {
public:
    explicit hwloc_tree(unsigned long flags) {
        if (::hwloc_topology_init(&tree_) != 0) {
            error_ = errno;
            tree_ = nullptr;
            return;
        }
        ::hwloc_topology_set_flags(tree_, flags);
        errno = 0;
        is_loaded_ = ::hwloc_topology_load(tree_) == 0;
        if (!is_loaded_) error_ = errno;
    }
    hwloc_tree& operator=(hwloc_tree&& other) noexcept {
        std::swap(tree_, other.tree_);
        std::swap(is_loaded_, other.is_loaded_);
        std::swap(error_, other.error_);
        return *this;
    }
    ~hwloc_tree() {
        if (tree_ != nullptr) ::hwloc_topology_destroy(tree_);
    }

    bool is_loaded() const noexcept { return is_loaded_; }
    int error() const noexcept { return error_; }
    hwloc_topology_t get() const noexcept { return tree_; }

    /// Returns: how many objects of `type` there are; 0 if the type is spread over several levels or missing.
    unsigned count(hwloc_obj_type_t type) const {
        const int count = ::hwloc_get_nbobjs_by_type(tree_, type);
        return count < 0 ? 0U : static_cast<unsigned>(count);
    }

    bool has_caches() const {
        return count(HWLOC_OBJ_L1CACHE) + count(HWLOC_OBJ_L2CACHE) + count(HWLOC_OBJ_L3CACHE) > 0;
    }

    cpu_mask pus() const {
        cpu_mask mask;
        for (unsigned i = 0; i < count(HWLOC_OBJ_PU); ++i) {
            mask.insert(::hwloc_get_obj_by_type(tree_, HWLOC_OBJ_PU, i)->os_index);
        }
        return mask;
    }

private:
    hwloc_topology_t tree_ = nullptr;
    bool is_loaded_ = false;
    int error_ = 0;
};

inline std::string to_memory_text(unsigned long long bytes) {
    constexpr unsigned long long mib = 1ULL << 20;
    constexpr unsigned long long gib = 1ULL << 30;
    if (bytes >= 8 * gib) return concat({std::to_string(bytes / gib), " GiB"});
    if (bytes >= 8 * mib) return concat({std::to_string(bytes / mib), " MiB"});
    return concat({std::to_string(bytes / 1024), " KiB"});
}

inline void describe_nodes(const hwloc_tree& tree, std::string& text) {
    for (unsigned i = 0; i < tree.count(HWLOC_OBJ_NUMANODE); ++i) {
        const hwloc_obj_t node = ::hwloc_get_obj_by_type(tree.get(), HWLOC_OBJ_NUMANODE, i);
        cpu_mask cpus;
        for (int cpu = ::hwloc_bitmap_next(node->cpuset, -1); cpu >= 0; cpu = ::hwloc_bitmap_next(node->cpuset, cpu)) {
            cpus.insert(static_cast<unsigned>(cpu));
        }
        append(text, {"  NUMA node ", std::to_string(i), " (OS ", std::to_string(node->os_index),
                      "): ", to_memory_text(node->attr->numanode.local_memory), ", ", describe_cpus(cpus), "\n"});
    }
}

inline void describe_caches(const hwloc_tree& tree, std::string& text) {
    for (const auto type : {HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L1CACHE}) {
        const unsigned count = tree.count(type);
        if (count == 0) continue;
        const hwloc_obj_t cache = ::hwloc_get_obj_by_type(tree.get(), type, 0);
        const std::string name = concat({"L", std::to_string(cache->attr->cache.depth), " cache"});
        append(text, {", ", count_of(count, name), " of ", to_memory_text(cache->attr->cache.size)});
    }
}

/// Returns: "  1 package (AMD EPYC 7763), 1 NUMA node, 64 cores, 128 PUs, 8 L3 caches of 32 MiB, …" and a line per NUMA
/// node.
inline std::string describe_machine(const hwloc_tree& tree) {
    std::string text = concat({"  ", count_of(tree.count(HWLOC_OBJ_PACKAGE), "package")});
    const hwloc_obj_t package = ::hwloc_get_obj_by_type(tree.get(), HWLOC_OBJ_PACKAGE, 0);
    const char* model = package == nullptr ? nullptr : ::hwloc_obj_get_info_by_name(package, "CPUModel");
    if (model != nullptr) append(text, {" (", without_trailing_space(model), ")"});
    append(text, {", ", count_of(tree.count(HWLOC_OBJ_NUMANODE), "NUMA node"), ", ",
                  count_of(tree.count(HWLOC_OBJ_CORE), "core"), ", ", count_of(tree.count(HWLOC_OBJ_PU), "PU")});
    describe_caches(tree, text);
    text += '\n';
    describe_nodes(tree, text);
    return text;
}

/// Returns: what is wrong with the tree as a picture of this machine, or nothing.
inline std::string find_hwloc_fault(const hwloc_tree& tree, const cpu_mask& allowed) {
    if (!tree.is_loaded()) return concat({"hwloc failed (", error_text(tree.error()), ")"});
    if (::hwloc_topology_is_thissystem(tree.get()) == 0) {
        return "hwloc was told to show another machine (HWLOC_XMLFILE, HWLOC_SYNTHETIC or HWLOC_FSROOT is set)";
    }
    if (!allowed.is_subset_of(tree.pus())) return "hwloc does not know all CPUs that the process may use";
    return {};
}

/// Reads the machine as far as processes with the CPUs `allowed` see it. Cost: 4 to 15 ms on small machines.
PEL_COLD inline machine read_machine(const cpu_mask& allowed) {
    if (::hwloc_get_api_version() >> 16 != HWLOC_API_VERSION >> 16) {
        return make_flat_machine(allowed, "the hwloc library that runs has another major version than the one that "
                                          "this program was compiled for");
    }
    hwloc_tree tree(hwloc_quiet_flags);
    const std::string fault = find_hwloc_fault(tree, allowed);
    if (!fault.empty()) return make_flat_machine(allowed, fault);
    machine result;
    result.source = "hwloc";
    result.online = tree.pus();
    if (!tree.has_caches()) {
        hwloc_tree more(hwloc_cpuid_flags);
        if (find_hwloc_fault(more, allowed).empty()) tree = std::move(more);
    }
    result.description = describe_machine(tree);
    for (unsigned i = 0; i < tree.count(HWLOC_OBJ_PU); ++i) {
        const unsigned os_index = ::hwloc_get_obj_by_type(tree.get(), HWLOC_OBJ_PU, i)->os_index;
        if (allowed.contains(os_index)) result.add_pu(os_index);
    }
    return result;
}

} // namespace detail
PEL_NAMESPACE_END
