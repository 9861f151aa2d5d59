// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The lines that topology::explain() has to have about the machine of an XML file, written once more, out of what hwloc
// itself answers about the file.
#pragma once

#include <hwloc.h>
#include <hwloc/cpukinds.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace pel_test {

class explained_by_hwloc {
public:
    explicit explained_by_hwloc(const std::string& path)
        : allowed_(read(path, 0)), whole_(read(path, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED)) {
        for (const hwloc_obj_t node : all(whole_, HWLOC_OBJ_NUMANODE)) {
            if (has_allowed_memory(node) || !cpus_of(node).empty()) nodes_.push_back(node);
            are_sizes_known_ |= has_allowed_memory(node) && memory_of(node) != 0;
        }
    }
    ~explained_by_hwloc() {
        ::hwloc_topology_destroy(allowed_);
        ::hwloc_topology_destroy(whole_);
    }
    explained_by_hwloc(const explained_by_hwloc&) = delete;

    std::string counts() const {
        const std::size_t packages = with_cpus(HWLOC_OBJ_PACKAGE).size(), cores = with_cpus(HWLOC_OBJ_CORE).size();
        const std::size_t pus = with_cpus(HWLOC_OBJ_PU).size();
        const auto online =
            static_cast<std::size_t>(::hwloc_bitmap_weight(::hwloc_topology_get_topology_cpuset(whole_)));
        return "  " + (packages == 0 ? "" : some(packages, "package") + ", ") + some(nodes_.size(), "NUMA node") +
               ", " + (cores == 0 ? "" : some(cores, "core") + ", ") + some(pus, "PU") +
               (online > pus ? " of " + std::to_string(online) + " that are online" : "");
    }

    /// Returns: a line; nothing if hwloc knows of no caches.
    std::string caches() const {
        std::string line;
        for (unsigned level = 1; level <= 5; ++level) {
            const auto type = static_cast<hwloc_obj_type_t>(HWLOC_OBJ_L1CACHE + level - 1);
            const std::vector<hwloc_obj_t> found = with_cpus(type);
            if (found.empty()) continue;
            const auto [least, most] =
                std::minmax_element(found.begin(), found.end(), [](hwloc_obj_t a, hwloc_obj_t b) {
                    return a->attr->cache.size < b->attr->cache.size;
                });
            line += (line.empty() ? "  " : ", ") + some(found.size(), "L" + std::to_string(level) + " cache");
            if ((*most)->attr->cache.size != 0) line += " of " + bytes((*least)->attr->cache.size);
            if ((*most)->attr->cache.size != (*least)->attr->cache.size)
                line += " to " + bytes((*most)->attr->cache.size);
        }
        return line;
    }

    /// Returns: how many cores are of each kind that there is, the weakest first; one at most, or nothing where hwloc does
    /// not rank them.
    std::vector<std::size_t> cores_by_kind() const {
        std::vector<std::size_t> found;
        const hwloc_bitmap_t cpus = ::hwloc_bitmap_alloc();
        for (int kind = 0; kind < ::hwloc_cpukinds_get_nr(allowed_, 0); ++kind) {
            int efficiency = -1;
            ::hwloc_cpukinds_get_info(allowed_, static_cast<unsigned>(kind), cpus, &efficiency, nullptr, nullptr, 0);
            std::size_t cores = 0;
            for (const hwloc_obj_t core : with_cpus(HWLOC_OBJ_CORE))
                cores += ::hwloc_bitmap_isset(cpus, static_cast<unsigned>(::hwloc_bitmap_first(core->cpuset))) != 0;
            if (cores != 0 && efficiency >= 0) found.push_back(cores);
        }
        ::hwloc_bitmap_free(cpus);
        return found;
    }

    /// Returns: a line for each node. `is_home(os_index)`: whether it is some CPU's.
    template <class Predicate>
    std::vector<std::string> nodes(Predicate is_home) const {
        std::vector<std::string> lines;
        for (const hwloc_obj_t node : nodes_) {
            const unsigned long long memory = has_allowed_memory(node) ? memory_of(node) : 0;
            const std::string cpus = cpus_of(node), kind = node->subtype == nullptr ? "" : node->subtype;
            std::string line = "  NUMA node " + std::to_string(lines.size()) + " (OS " +
                               std::to_string(node->os_index) + (kind.empty() ? "" : ", " + kind) + "): ";
            if (memory != 0) line += bytes(memory) + ", ";
            if (memory == 0 && are_sizes_known_) line += "no usable memory, ";
            if (memory != 0 && (cpus.empty() || !is_home(node->os_index)))
                line += cpus.empty() ? "memory only, " : "memory only, near ";
            lines.push_back(line + (cpus.empty() ? "no CPUs" : cpus));
        }
        return lines;
    }

private:
    static hwloc_topology_t read(const std::string& path, unsigned long flags) {
        hwloc_topology_t tree = nullptr;
        ::hwloc_topology_init(&tree);
        ::hwloc_topology_set_flags(tree, flags);
        if (::hwloc_topology_set_xml(tree, path.c_str()) == 0) ::hwloc_topology_load(tree);
        return tree;
    }
    static std::vector<hwloc_obj_t> all(hwloc_topology_t tree, hwloc_obj_type_t type) {
        std::vector<hwloc_obj_t> found;
        for (hwloc_obj_t one = nullptr; (one = ::hwloc_get_next_obj_by_type(tree, type, one)) != nullptr;)
            found.push_back(one);
        return found;
    }
    std::vector<hwloc_obj_t> with_cpus(hwloc_obj_type_t type) const {
        std::vector<hwloc_obj_t> found = all(allowed_, type);
        std::erase_if(found, [](hwloc_obj_t one) { return ::hwloc_bitmap_iszero(one->cpuset) != 0; });
        return found;
    }

    bool has_allowed_memory(hwloc_obj_t node) const {
        return ::hwloc_bitmap_isset(::hwloc_topology_get_allowed_nodeset(whole_), node->os_index) != 0;
    }
    static unsigned long long memory_of(hwloc_obj_t node) { return node->attr->numanode.local_memory; }

    /// Returns: "2 CPUs (3,5)", or nothing if none of its CPUs may be used.
    std::string cpus_of(hwloc_obj_t node) const {
        const hwloc_bitmap_t usable = ::hwloc_bitmap_alloc();
        ::hwloc_bitmap_and(usable, node->cpuset, ::hwloc_topology_get_allowed_cpuset(whole_));
        char list[4096] = "";
        ::hwloc_bitmap_list_snprintf(list, sizeof list, usable);
        const auto count = static_cast<std::size_t>(::hwloc_bitmap_weight(usable));
        ::hwloc_bitmap_free(usable);
        return count == 0 ? "" : some(count, "CPU") + " (" + list + ")";
    }

    static std::string some(std::size_t count, const std::string& noun) {
        return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
    }
    /// In the largest unit of which there are eight or which is whole.
    static std::string bytes(unsigned long long count) {
        for (const auto& [shift, name] : {std::pair(30, " GiB"), std::pair(20, " MiB")}) {
            const unsigned long long unit = 1ULL << shift;
            if (count / unit >= 8 || (count >= unit && count % unit == 0)) return std::to_string(count / unit) + name;
        }
        return std::to_string(count >> 10) + " KiB";
    }

    const hwloc_topology_t allowed_, whole_;
    std::vector<hwloc_obj_t> nodes_;
    bool are_sizes_known_ = false;
};

} // namespace pel_test
