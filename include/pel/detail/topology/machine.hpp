// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a topology knows of the machine once it has been read, by hwloc or without. Immutable from then on; any thread.
// M1: objects are kept in machine order (neighbours in the machine are neighbours in memory), and logical indices count
// what the process may use only. Every set of PUs that the machine makes is a run of neighbours.
// M2: domains nest: two of them are disjoint, or one includes the other. Inner ones come first.
// M3: the runs point into `pus`. So a machine can be moved, but not copied.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/plain_array.hpp>

#include <cstddef>
#include <string>
#include <string_view>

PEL_NAMESPACE_BEGIN

namespace detail {

class home_finder;

} // namespace detail

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

/// PUs that are neighbours in the machine, as a random-access range. Valid as long as the topology that it came from, a
/// copy of that, or one of its ranges.
class pu_range {
public:
    using value_type = pu;
    using iterator = const pu*;
    using const_iterator = const pu*;

    pu_range() noexcept = default;
    pu_range(const pu* first, std::size_t size) noexcept : first_(first), size_(size) {}

    iterator begin() const noexcept { return first_; }
    iterator end() const noexcept { return first_ + size_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    /// Requires: i < size().
    const pu& operator[](std::size_t i) const noexcept { return first_[i]; }

private:
    const pu* first_ = nullptr;
    std::size_t size_ = 0;
};

/// A core, or what is left of it for the process.
class core {
public:
    core(unsigned logical_index, unsigned os_index, unsigned kind, unsigned capacity, pu_range pus) noexcept
        : logical_index_(logical_index), os_index_(os_index), kind_(kind), capacity_(capacity), pus_(pus) {}

    unsigned logical_index() const noexcept { return logical_index_; }
    /// Returns: the kernel's number; several packages may use the same ones.
    unsigned os_index() const noexcept { return os_index_; }
    /// Returns: 0 for the least powerful kind of core that the process may use, and so on, as hwloc ranks them, else by
    /// capacity. 0 where all are alike.
    unsigned kind() const noexcept { return kind_; }
    /// Returns: how fast its kind is; the fastest has 1024, and so has everything where nothing is known. From Linux'
    /// cpu_capacity, else the highest frequency, else the base frequency.
    unsigned capacity() const noexcept { return capacity_; }
    pu_range pus() const noexcept { return pus_; }

private:
    unsigned logical_index_, os_index_, kind_, capacity_;
    pu_range pus_;
};

/// A data or unified cache.
class cache {
public:
    cache(unsigned logical_index, unsigned level, std::size_t size, pu_range pus) noexcept
        : logical_index_(logical_index), level_(level), size_(size), pus_(pus) {}

    /// Returns: its place in topology::caches(level()).
    unsigned logical_index() const noexcept { return logical_index_; }
    unsigned level() const noexcept { return level_; }
    /// Returns: bytes; 0 if not known.
    std::size_t size() const noexcept { return size_; }
    /// Returns: the PUs that share it.
    pu_range pus() const noexcept { return pus_; }

private:
    unsigned logical_index_, level_;
    std::size_t size_;
    pu_range pus_;
};

/// A package: what is in one socket.
class package {
public:
    package(unsigned logical_index, unsigned os_index, pu_range pus) noexcept
        : logical_index_(logical_index), os_index_(os_index), pus_(pus) {}

    unsigned logical_index() const noexcept { return logical_index_; }
    unsigned os_index() const noexcept { return os_index_; }
    pu_range pus() const noexcept { return pus_; }

private:
    unsigned logical_index_, os_index_;
    pu_range pus_;
};

namespace detail {

/// What a NUMA node is made from.
struct node_facts {
    unsigned logical_index = 0;
    unsigned os_index = 0;
    unsigned long long memory = 0;
    unsigned long long bandwidth = 0;
    unsigned long long latency = 0;
    pu_range pus;
    bool has_memory = false; ///< that the process may use; memory may be 0 all the same, where sizes are not known
    bool is_home = false;
    char subtype[16] = {}; ///< longer ones are cut
};

} // namespace detail

/// A NUMA node whose memory or CPUs the process may use.
class numa_node_info {
public:
    explicit numa_node_info(const detail::node_facts& facts) noexcept : facts_(facts) {}

    unsigned logical_index() const noexcept { return facts_.logical_index; }
    /// Returns: the kernel's number, as numactl takes it. May have gaps: 0, 8, 252, …
    unsigned os_index() const noexcept { return facts_.os_index; }
    /// Returns: bytes that the process may use; 0: none, or not known for any node.
    unsigned long long memory() const noexcept { return facts_.memory; }
    /// Returns: "", "DRAM", "HBM", "MCDRAM", "GPUMemory", … as hwloc says. Valid as long as the object.
    std::string_view subtype() const noexcept { return facts_.subtype; }
    /// Returns: MiB/s from its own CPUs; 0: not known.
    unsigned long long bandwidth() const noexcept { return facts_.bandwidth; }
    /// Returns: ns from its own CPUs; 0: not known.
    unsigned long long latency() const noexcept { return facts_.latency; }
    /// Returns: its own CPUs. Nodes may share them (fast memory beside the usual one); none: memory only.
    pu_range pus() const noexcept { return facts_.pus; }
    /// Returns: whether the kernel takes memory for some PU from here if not told otherwise.
    bool is_home() const noexcept { return facts_.is_home; }

private:
    friend class detail::home_finder;

    detail::node_facts facts_;
};

namespace detail {

/// PUs that have something in common, as logical indices.
struct domain {
    unsigned first;
    unsigned count;

    friend bool operator==(const domain& a, const domain& b) noexcept {
        return a.first == b.first && a.count == b.count;
    }
};

struct machine {
    static constexpr unsigned local_distance = 10;

    std::string source;      ///< "hwloc", or "flat: …" with the reason
    std::string description; ///< a line for people of what the objects do not say, with its line end; or nothing
    plain_array<pu> pus;
    plain_array<core> cores;
    plain_array<cache> caches; ///< inner levels first
    plain_array<package> packages;
    plain_array<numa_node_info> nodes;
    plain_array<domain> domains;      ///< of at least two PUs, each set once; the last one is the whole machine
    plain_array<unsigned> home_nodes; ///< per PU: where its memory comes from by default; nodes.size(): from no node
    plain_array<unsigned> distances;  ///< nodes × nodes; row: whose CPUs, column: whose memory; as in a SLIT, complete
    cpu_mask online;                  ///< all of the machine, allowed or not
    bool is_this_system = true;       ///< false: nothing may be bound by it

    machine() = default;
    machine(machine&&) = default;
    machine& operator=(machine&&) = default;

    void add_pu(unsigned os_index) { pus.push_back({static_cast<unsigned>(pus.size()), os_index}); }

    /// Adds the PUs [first, pus.size()). Requires: what is added lies after, or around, what was added before.
    void add_domain(std::size_t first) {
        const domain added{static_cast<unsigned>(first), static_cast<unsigned>(pus.size() - first)};
        if (added.count > 1 && (domains.empty() || !(domains.back() == added))) domains.push_back(added);
    }

    /// Returns: whether work of the node is for the PU: the node is its home or, if it is nobody's (fast memory beside the
    /// usual one, CPUs without memory), has the PU all the same.
    bool is_pu_of(unsigned node, unsigned pu) const noexcept {
        if (nodes[node].is_home()) return home_nodes[pu] == node;
        const pu_range its = nodes[node].pus();
        return !its.empty() && pu >= its[0].logical_index() && pu - its[0].logical_index() < its.size();
    }
    unsigned distance(std::size_t from, std::size_t to) const noexcept { return distances[from * nodes.size() + to]; }
};

/// Reads the machine as far as processes with the CPUs `allowed` see it. Cost: 4 to 15 ms on small machines.
machine read_machine(const cpu_mask& allowed);
/// Reads the XML file `path`. Returns: what is wrong with it, or nothing.
std::string read_xml_machine(const std::string& path, machine& found);
/// Reads what hwloc calls a synthetic description. Returns: what is wrong with it, or nothing.
std::string read_synthetic_machine(const std::string& text, machine& found);

} // namespace detail
PEL_NAMESPACE_END
