// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine, as far as this process may use it. A topology is a cheap shared immutable value; any thread may use it.
// I1: concurrency() comes from the affinity mask and cgroups alone, which discover() has read (some 0.1 ms).
// I2: everything else needs the machine, which hwloc reads at first use (some 10 ms), or load() ahead of it.
// I3: a topology from XML or a synthetic text is read at once, limits included. Pools run with it, but bind nothing.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/cpu_limits.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/shared_pointer.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

PEL_NAMESPACE_BEGIN

/// A topology that cannot be had; the text names file and reason.
class topology_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Names a NUMA node by its logical index.
struct numa_node {
    unsigned index = 0;

    friend constexpr bool operator==(const numa_node&, const numa_node&) noexcept = default;
};

namespace detail {

/// What the copies of a topology share.
class topology_state : public shared_object {
public:
    explicit topology_state(cpu_limits limits);
    topology_state(cpu_limits limits, machine&& found);
    ~topology_state();

    const cpu_limits& limits() const noexcept { return limits_; }
    const machine* try_get_machine() const noexcept { return machine_.try_get(); }
    const machine& get_machine() const;

private:
    const cpu_limits limits_;
    mutable once_pointer<const machine> machine_;
};

using topology_pointer = shared_pointer<topology_state>;

struct topology_access;

} // namespace detail

/// Objects of a topology, in machine order: a random-access range. It keeps them alive by itself.
template <class T>
class topology_range {
public:
    using value_type = T;
    using iterator = const T*;
    using const_iterator = const T*;

    iterator begin() const noexcept { return first_; }
    iterator end() const noexcept { return first_ + size_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    /// Requires: i < size().
    const T& operator[](std::size_t i) const noexcept { return first_[i]; }

private:
    friend class topology;

    topology_range(const detail::topology_pointer& owner, const T* first, std::size_t size) noexcept
        : owner_(owner), first_(first), size_(size) {}

    detail::topology_pointer owner_;
    const T* first_;
    std::size_t size_;
};

/// What this process may use of the machine, or a machine that is described. Copies share what has been read. Thread
/// safety: any thread. What needs the machine (I2) reads it as load() does if nobody has, and throws what that throws;
/// after that it costs next to nothing.
class topology {
public:
    /// The topology that the process was started on; read once, then cached.
    /// Throws: std::bad_alloc. Cost: first call some 0.1 ms, later ones a reference count.
    static topology discover();

    /// Reads affinity mask and cgroups anew, and the machine once it is asked for. discover() keeps returning what it
    /// did. Throws: std::bad_alloc. Cost: some 0.1 ms.
    static topology discover_again();

    /// Reads the machine that an XML file of hwloc describes: what `lstopo --of xml` writes. Throws: topology_error
    /// that names the file and the reason; std::bad_alloc. Cost: some ms, by the machine's size.
    static topology from_xml(const std::string& path);

    /// Reads a machine out of hwloc's synthetic notation: "pack:2 numa:2 l3:2 core:4 pu:2". Throws: topology_error that
    /// names the text and the reason; std::bad_alloc. Cost: some ms; half a second for 8192 PUs, which is the most that
    /// is allowed.
    static topology from_synthetic(const std::string& text);

    /// Returns: how many CPUs the process may use: min(affinity mask of its first thread, cpuset, CPU quotas of its
    /// cgroup and of all ancestors, rounded up), at least 1. Does not read the machine. Of a described machine: how
    /// many PUs it allows.
    unsigned concurrency() const noexcept { return state_->limits().concurrency; }

    /// Returns: the PUs that the process may run on. A CPU quota makes them no fewer. Throws, cost: as load().
    topology_range<pu> pus() const { return range(get().pus); }

    /// Returns: the cores with at least one of these PUs. Some machines have PUs of which no core is known. Throws,
    /// cost: as load().
    topology_range<core> cores() const { return range(get().cores); }

    /// Returns: likewise the packages. Some machines have none. Throws, cost: as load().
    topology_range<package> packages() const { return range(get().packages); }

    /// Returns: likewise the data and unified caches of `level`, 1 being the nearest to the core. May be none, be known
    /// for some cores only, and differ in size. Throws, cost: as load().
    topology_range<cache> caches(unsigned level) const;

    /// Returns: the NUMA nodes of which the process may use CPUs or memory, also those that are memory only. At least
    /// one on every system; where the machine is flat, one with all PUs and memory() 0. Throws, cost: as load().
    topology_range<numa_node_info> numa_nodes() const { return range(get().nodes); }

    /// Returns: how far the memory of node `to` is for the CPUs of node `from` (logical indices); 10 = local. As the
    /// firmware says, where it does, else by the shape of the machine. Throws: std::invalid_argument if there is no
    /// such node; and as load(). Cost: as load().
    unsigned distance(unsigned from, unsigned to) const;

    /// Returns: "hwloc", or "flat: …" with the reason why no more than the number of CPUs is known. Throws, cost: as
    /// load().
    std::string source() const;

    /// Returns: a text for people: which limit decided the concurrency (file and value), all limits, the machine.
    /// Throws, cost: as load().
    std::string explain() const;

    /// Reads the machine unless that has been done. Threads that race may read it twice, none waits for another.
    /// Throws: std::bad_alloc; a machine that cannot be read is flat. Cost: 10 to 100 ms the first time, by the
    /// machine's size.
    void load() const { get(); }

    /// Returns: whether the machine has been read, so that asking about it costs nothing.
    bool is_loaded() const noexcept { return state_->try_get_machine() != nullptr; }

private:
    friend struct detail::topology_access;

    explicit topology(const detail::topology_state* state) noexcept : state_(state) {}

    const detail::machine& get() const { return state_->get_machine(); }

    template <class T>
    topology_range<T> range(const detail::plain_array<T>& all) const {
        return {state_, all.data(), all.size()};
    }

    detail::topology_pointer state_;
};

namespace detail {

/// The library's own way in, and that of tests which bring limits of their own.
struct topology_access {
    static topology make(cpu_limits limits);
    static const cpu_limits& limits(const topology& machine) noexcept { return machine.state_->limits(); }
    static const machine& machine_of(const topology& whole) { return whole.get(); }

    /// Returns: whether threads and memory may be bound by it. Does not read the machine.
    static bool is_this_system(const topology& machine) noexcept {
        return limits(machine).decided_by != deciding_limit::description;
    }

    /// Makes a topology of what `description` names. Throws: topology_error if `fault` says anything.
    static topology make_described(std::string_view description, machine&& found, std::string_view fault);
};

} // namespace detail

PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/topology/discovery.hpp>
#endif
