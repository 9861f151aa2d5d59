// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A mutex that stays on a NUMA node for up to 65 critical sections while threads of that node wait for it, so that the
// data it guards stay in that node's caches; then it is another node's turn. Nobody starves. Within a node it is first
// come, first served. On a machine of one node it is a queuing_mutex. Any thread. The protocol: detail/sync/cohort_lock.hpp.
// I1  The places for the nodes are made when it is contended first: an open one needs no memory, and no machine.
#pragma once

#include <pel/detail/core/lock_wait.hpp>
#include <pel/detail/sync/cohort_lock.hpp>
#include <pel/detail/sync/once_pointer.hpp>
#include <pel/detail/topology/node_map.hpp>

#include <memory>

PEL_NAMESPACE_BEGIN

/// std::mutex' interface. A thread that holds it must not lock it again. Size: 48 bytes, and a place for each node once it
/// was contended.
class numa_mutex {
public:
    /// For the machine that the process runs on.
    constexpr numa_mutex() noexcept = default;
    /// For another machine, such as a described one: a thread is where that has the CPU on which it runs.
    /// Throws: std::bad_alloc.
    explicit numa_mutex(const topology& machine)
        : map_(new detail::node_map(detail::topology_access::machine_of(machine))) {}
    numa_mutex(const numa_mutex&) = delete;
    numa_mutex& operator=(const numa_mutex&) = delete;
    ~numa_mutex() {
        delete map_;
        delete places_.try_get();
    }

    /// Blocks: while others hold it; without its seat from when it sleeps. Cost: where it is open, one atomic RMW.
    void lock() noexcept {
        if (!lock_.try_lock()) [[unlikely]]
            lock_slow();
    }
    /// Returns: false if it is held, or about to be passed on; never otherwise.
    [[nodiscard]] bool try_lock() noexcept { return lock_.try_lock(); }
    /// Requires: the caller holds it. Cost: one atomic RMW, two where the lock leaves a node; a system call if the next
    /// one sleeps.
    void unlock() noexcept { lock_.unlock(); }

private:
    struct places {
        explicit places(unsigned nodes) : each(new detail::cohort_lock::place[nodes]) {}
        const std::unique_ptr<detail::cohort_lock::place[]> each;
    };

    PEL_COLD void lock_slow() noexcept {
        detail::lock_wait wait;
        const detail::node_map* const map = map_ != nullptr ? map_ : detail::node_map::of_process();
        detail::cohort_lock::place* const place = map == nullptr || map->nodes() == 1 ? nullptr : place_of(*map);
        if (place != nullptr)
            lock_.lock(*place, wait);
        else
            lock_.lock(wait);
    }
    /// Returns: null if there is no memory for it.
    detail::cohort_lock::place* place_of(const detail::node_map& map) noexcept {
        const places* const all = places_.try_get_or_build([&map] { return new places(map.nodes()); });
        return all == nullptr ? nullptr : &all->each[map.node()];
    }

    detail::cohort_lock lock_;
    const detail::node_map* map_ = nullptr;
    detail::once_pointer<places> places_;
};

PEL_NAMESPACE_END
