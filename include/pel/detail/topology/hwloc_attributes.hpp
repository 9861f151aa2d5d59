// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What hwloc knows beyond the tree: kinds of cores, speed of memory. Versions of hwloc that are too old for a question
// answer it with "not known".
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/topology/hwloc_tree.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/text.hpp>

#include <string_view>

PEL_NAMESPACE_BEGIN
namespace detail {

#if HWLOC_API_VERSION >= 0x00020300

/// Returns: `attribute` of the memory `node` seen from the PU with the number `cpu`; 0 if not known.
inline unsigned long long read_memory_attribute(const hwloc_tree& tree, hwloc_memattr_id_t attribute, hwloc_obj_t node,
                                                unsigned cpu) {
    hwloc_location from{};
    from.type = HWLOC_LOCATION_TYPE_CPUSET;
    from.location.cpuset = ::hwloc_bitmap_alloc();
    ::hwloc_bitmap_only(from.location.cpuset, cpu);
    hwloc_uint64_t value = 0;
    const bool is_known = ::hwloc_memattr_get_value(tree.get(), attribute, node, &from, 0, &value) == 0;
    ::hwloc_bitmap_free(from.location.cpuset);
    return is_known ? value : 0;
}

/// Returns: MiB/s.
inline unsigned long long read_bandwidth(const hwloc_tree& tree, hwloc_obj_t node, unsigned cpu) {
    return read_memory_attribute(tree, HWLOC_MEMATTR_ID_BANDWIDTH, node, cpu);
}
/// Returns: ns.
inline unsigned long long read_latency(const hwloc_tree& tree, hwloc_obj_t node, unsigned cpu) {
    return read_memory_attribute(tree, HWLOC_MEMATTR_ID_LATENCY, node, cpu);
}

#else

inline unsigned long long read_bandwidth(const hwloc_tree&, hwloc_obj_t, unsigned) { return 0; }
inline unsigned long long read_latency(const hwloc_tree&, hwloc_obj_t, unsigned) { return 0; }

#endif

#if HWLOC_API_VERSION >= 0x00020400

/// What hwloc says of a kind of cores, beside which they are: names and values.
struct core_kind_infos {
    const struct hwloc_info_s* first = nullptr;
    unsigned count = 0;
};

#if HWLOC_API_VERSION >= 0x00030000

/// Asks hwloc about a kind. Returns: whether it answers.
inline bool read_core_kind(const hwloc_tree& tree, unsigned kind, hwloc_bitmap_t cpus, int& efficiency,
                           core_kind_infos& infos) {
    struct hwloc_infos_s* all = nullptr;
    if (::hwloc_cpukinds_get_info(tree.get(), kind, cpus, &efficiency, &all, 0) != 0) return false;
    infos = {all->array, all->count};
    return true;
}

#else

inline bool read_core_kind(const hwloc_tree& tree, unsigned kind, hwloc_bitmap_t cpus, int& efficiency,
                           core_kind_infos& infos) {
    struct hwloc_info_s* first = nullptr;
    if (::hwloc_cpukinds_get_info(tree.get(), kind, cpus, &efficiency, &infos.count, &first, 0) != 0) return false;
    infos.first = first;
    return true;
}

#endif

/// Tells the cores of a machine apart.
class core_kind_reader {
public:
    core_kind_reader(const hwloc_tree& tree, machine& found)
        : tree_(tree), machine_(found), cpus_(::hwloc_bitmap_alloc()) {}
    ~core_kind_reader() { ::hwloc_bitmap_free(cpus_); }
    core_kind_reader(const core_kind_reader&) = delete;

    void read() {
        const int count = ::hwloc_cpukinds_get_nr(tree_.get(), 0);
        if (count < 2) return;
        find_fastest(static_cast<unsigned>(count));
        unsigned rank = 0;
        for (unsigned kind = 0; kind < static_cast<unsigned>(count); ++kind) {
            if (!select(kind)) continue;
            mark(rank);
            if (is_ranked_) ++rank; // hwloc lists the weakest first, if it knows
        }
        if (rank == 0) rank_by_capacity();
    }

private:
    static constexpr const char* measures[] = {"LinuxCapacity", "FrequencyMaxMHz", "FrequencyBaseMHz"};

    /// Effects: asks hwloc about `kind`. Returns: whether a core of the process is of it.
    bool select(unsigned kind) {
        int efficiency = -1;
        is_ranked_ = read_core_kind(tree_, kind, cpus_, efficiency, infos_) && efficiency >= 0;
        for (const core& one : machine_.cores) {
            if (is_selected(one)) return true;
        }
        return false;
    }

    bool is_selected(const core& one) const { return ::hwloc_bitmap_isset(cpus_, one.pus()[0].os_index()) != 0; }

    /// Returns: what the selected kind has for `measure`; 0: nothing.
    unsigned long long speed(std::string_view measure) const {
        unsigned long long value = 0;
        for (unsigned i = 0; i < infos_.count; ++i) {
            std::string_view text = infos_.first[i].value;
            if (infos_.first[i].name == measure) try_take_number(text, value);
        }
        constexpr unsigned long long most = 1'000'000'000; // more is nonsense, and must not overflow
        return value > most ? 0 : value;
    }

    /// Chooses the first measure that is known for all kinds in use; kinds compare in one measure only.
    void find_fastest(unsigned count) {
        for (const char* measure : measures) {
            fastest_ = 0;
            bool is_complete = true;
            for (unsigned kind = 0; kind < count && is_complete; ++kind) {
                if (!select(kind)) continue;
                const unsigned long long value = speed(measure);
                if (value > fastest_) fastest_ = value;
                is_complete = value != 0;
            }
            measure_ = measure;
            if (is_complete) return;
        }
        fastest_ = 0;
    }

    void mark(unsigned rank) {
        constexpr unsigned most = 1024;
        const unsigned capacity =
            fastest_ == 0 ? most : static_cast<unsigned>((most * speed(measure_) + fastest_ / 2) / fastest_);
        for (core& one : machine_.cores) {
            if (!is_selected(one)) continue;
            set(one, rank, capacity == 0 ? 1 : capacity);
        }
    }

    static void set(core& one, unsigned kind, unsigned capacity) {
        one = core(one.logical_index(), one.os_index(), kind, capacity, one.pus());
    }

    void rank_by_capacity() {
        unsigned ranked = 0; // capacities up to here
        for (unsigned rank = 0;; ++rank) {
            unsigned next = ~0U;
            for (const core& one : machine_.cores) {
                if (one.capacity() > ranked && one.capacity() < next) next = one.capacity();
            }
            if (next == ~0U) return;
            for (core& one : machine_.cores) {
                if (one.capacity() == next) set(one, rank, next);
            }
            ranked = next;
        }
    }

    const hwloc_tree& tree_;
    machine& machine_;
    hwloc_bitmap_t cpus_;
    core_kind_infos infos_;
    bool is_ranked_ = false;
    const char* measure_ = nullptr;
    unsigned long long fastest_ = 0;
};

inline void read_core_kinds(const hwloc_tree& tree, machine& found) { core_kind_reader(tree, found).read(); }

#else

inline void read_core_kinds(const hwloc_tree&, machine&) {}

#endif

} // namespace detail
PEL_NAMESPACE_END
