// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a pool would have its workers on a machine, and how far they are from each other.
#pragma once

#include <pel/thread_pool.hpp>
#include <pel/topology.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pel_topology {

/// What a user may say about the pool; left alone it is the default pool's.
struct pool_wishes {
    unsigned workers = 0; // 0: as many as a pool takes by itself
    pel::binding binding = pel::binding::automatic;
    bool smt = true;
};

class workers {
public:
    /// Starts no thread. Throws: std::invalid_argument for a PEL_NUM_THREADS that is no number of workers.
    workers(const pel::topology& machine, const pool_wishes& wishes);

    std::size_t size() const { return places_.size(); }

    /// Returns: those on PUs [first, first + count), in machine order: [begin, end). Neighbours have neighbouring numbers.
    struct run {
        std::size_t begin, end;
        std::size_t size() const { return end - begin; }
    };
    run on(std::size_t first, std::size_t count) const;
    /// Returns: the PU that a worker is on, in machine order.
    std::size_t pu_of(std::size_t worker) const { return places_[worker].pu; }
    bool is_bound(std::size_t worker) const { return places_[worker].bound_to != pel::binding::none; }

    /// Returns: "16 workers, each bound to the CPUs of its NUMA node".
    std::string summary() const;
    /// Returns: for people, a line for each tier: how many others a worker finds in it.
    std::string tier_table() const;

private:
    struct tier {
        std::string name;
        unsigned least = ~0U; // over all workers
        unsigned most = 0;
    };

    void count_tiers(const pel::thread_pool& pool);
    std::string why_unbound() const;

    pel::binding wanted_;
    std::size_t home_nodes_ = 0;
    std::vector<pel::seat_place> places_;
    std::vector<tier> tiers_;
};

/// Returns: "0", "0-3".
std::string to_text(workers::run run);

} // namespace pel_topology
