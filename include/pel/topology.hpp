// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine, as far as this process may use it. A topology is a cheap shared immutable value; any thread may use it.
// I1: concurrency() comes from the affinity mask and cgroups alone, which discover() has read (some 0.1 ms).
// I2: everything else needs the machine, which hwloc reads at first use (some 10 ms), or load() ahead of it.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/cpu_limits.hpp>
#include <pel/detail/topology/explain.hpp>
#include <pel/detail/topology/machine.hpp>
#include <pel/detail/topology/shared_pointer.hpp>

#ifdef PEL_NO_HWLOC
#include <pel/detail/topology/no_hwloc_machine.hpp>
#else
#include <pel/detail/topology/hwloc_machine.hpp>
#endif

#include <cstddef>
#include <stdexcept>
#include <string>
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
};

namespace detail {

/// What the copies of a topology share.
class topology_state : public shared_object {
public:
    explicit topology_state(cpu_limits limits) : limits_(std::move(limits)) {}
    ~topology_state() { delete machine_.try_get(); }

    const cpu_limits& limits() const noexcept { return limits_; }
    const machine* try_get_machine() const noexcept { return machine_.try_get(); }
    const machine& get_machine() const {
        return machine_.get_or_build([this] { return new machine(read_machine(limits_.allowed)); });
    }

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

class topology {
public:
    /// The topology that the process was started on; read once, then cached.
    /// Throws: std::bad_alloc. Cost: first call some 0.1 ms, later ones a reference count.
    static topology discover();

    /// Reads affinity mask, cgroups and machine anew. discover() keeps returning what it did.
    static topology discover_again();

    /// Returns: how many CPUs the process may use: min(affinity mask of its first thread, cpuset, CPU quotas of its
    /// cgroup and of all ancestors, rounded up), at least 1. Does not read the machine.
    unsigned concurrency() const noexcept { return state_->limits().concurrency; }

    /// Returns: the PUs that the process may run on. A CPU quota makes them no fewer.
    topology_range<pu> pus() const {
        const detail::machine& machine = state_->get_machine();
        return {state_, machine.pus.data(), machine.pus.size()};
    }

    /// Returns: "hwloc", or "flat: …" with the reason why no more than the number of CPUs is known.
    std::string source() const { return state_->get_machine().source; }

    /// Returns: a text for people: which limit decided the concurrency (file and value), all limits, the machine.
    std::string explain() const { return detail::explain(state_->limits(), state_->get_machine()); }

    /// Reads the machine unless that has been done. Threads that race may read it twice, none waits for another.
    void load() const { state_->get_machine(); }

    /// Returns: whether pus(), source() and explain() cost nothing by now.
    bool is_loaded() const noexcept { return state_->try_get_machine() != nullptr; }

private:
    friend struct detail::topology_access;

    explicit topology(const detail::topology_state* state) noexcept : state_(state) {}

    detail::topology_pointer state_;
};

namespace detail {

/// The library's own way in, and that of tests which bring limits of their own.
struct topology_access {
    static topology make(cpu_limits limits) { return topology(new topology_state(std::move(limits))); }
    static const cpu_limits& limits(const topology& machine) noexcept { return machine.state_->limits(); }
};

} // namespace detail

inline topology topology::discover_again() { return detail::topology_access::make(detail::read_cpu_limits()); }

inline topology topology::discover() {
    static constinit detail::once_pointer<const topology> cached;
    return cached.get_or_build([] { return new topology(discover_again()); });
}

PEL_NAMESPACE_END
