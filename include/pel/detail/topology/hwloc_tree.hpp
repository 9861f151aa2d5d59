// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Owns what hwloc has read: of this system, or of a description as text. hwloc is included here only.
// Not thread safe; several trees at once are independent.
//
// hwloc is first told not to touch bindings: its CPUID back end moves the calling thread over all CPUs, also over those
// that the process was not given. Only where Linux tells nothing of caches (many virtual machines) that back end is
// asked too, and then kept to the CPUs of the process.
// All trees include what the process may not use, so that distances are those of the whole machine.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>

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
inline constexpr unsigned long hwloc_all_flags = HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED;
inline constexpr unsigned long hwloc_quiet_flags = hwloc_all_flags | HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING;
inline constexpr unsigned long hwloc_cpuid_flags =
    HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM | HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING;
#else
// Older versions cannot be told: their first reading asks all back ends.
inline constexpr unsigned long hwloc_all_flags = HWLOC_TOPOLOGY_FLAG_WHOLE_SYSTEM;
inline constexpr unsigned long hwloc_quiet_flags = hwloc_all_flags;
inline constexpr unsigned long hwloc_cpuid_flags = hwloc_all_flags;
#endif

enum class hwloc_input { this_system, xml, synthetic };

class hwloc_tree {
public:
    /// Reads this system, or what `text` describes. is_loaded() says whether that worked.
    explicit hwloc_tree(unsigned long flags, hwloc_input input = hwloc_input::this_system,
                        const std::string& text = {}) {
        if (::hwloc_topology_init(&tree_) != 0) {
            error_ = errno;
            tree_ = nullptr;
            return;
        }
        ::hwloc_topology_set_flags(tree_, flags);
        errno = 0;
        is_loaded_ = try_describe(input, text) && ::hwloc_topology_load(tree_) == 0;
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
    hwloc_obj_t object(hwloc_obj_type_t type, unsigned i) const { return ::hwloc_get_obj_by_type(tree_, type, i); }

    bool has_caches() const {
        return count(HWLOC_OBJ_L1CACHE) + count(HWLOC_OBJ_L2CACHE) + count(HWLOC_OBJ_L3CACHE) > 0;
    }

    /// Returns: the PUs, as far as cpu_mask can hold their numbers.
    cpu_mask pus() const {
        cpu_mask mask;
        for (unsigned i = 0; i < count(HWLOC_OBJ_PU); ++i) {
            const unsigned os_index = object(HWLOC_OBJ_PU, i)->os_index;
            if (os_index < cpu_mask::max_cpus) mask.insert(os_index);
        }
        return mask;
    }

private:
    // Once told what to read, hwloc does not look at HWLOC_XMLFILE and the like.
    bool try_describe(hwloc_input input, const std::string& text) {
        if (input == hwloc_input::this_system) return true;
        if (input == hwloc_input::synthetic) return ::hwloc_topology_set_synthetic(tree_, text.c_str()) == 0;
        return ::hwloc_topology_set_xmlbuffer(tree_, text.c_str(), static_cast<int>(text.size()) + 1) == 0;
    }

    hwloc_topology_t tree_ = nullptr;
    bool is_loaded_ = false;
    int error_ = 0;
};

/// Returns: whether the hwloc library that runs has another major version than its headers.
inline bool is_foreign_hwloc() { return ::hwloc_get_api_version() >> 16 != HWLOC_API_VERSION >> 16; }

} // namespace detail
PEL_NAMESPACE_END
