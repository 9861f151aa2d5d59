// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the seats of a pool are in the machine, and which CPUs a thread on each is bound to. Immutable; any thread.
// Whole cores come before second threads of cores, fast cores before slow ones, and what is left to choose is spread
// evenly over the machine order, so over nodes, caches and cores: more memory channels and cache for each seat, while
// steals are rare enough to cross. That is OpenMP's `spread`; its `close` would have all pools that leave CPUs free
// meet on the first node. Threads beyond the seats, and foreign ones, have no seat here and are bound to nothing: they
// stand in for some other thread, and only the kernel sees which CPU that has left free.
// I1  seats are in machine order: seat i's PU is at most seat i + 1's. So a domain's seats are a run of seats.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/cpu_mask.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sched/binding.hpp>
#include <pel/detail/topology/machine.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN

namespace detail {

class placement {
public:
    struct seat {
        unsigned pu;      // logical index; what distances are taken from
        unsigned node;    // its home node; as many as there are: none
        binding bound_to; // none, core or numa_node
    };

    static constexpr unsigned any_node = ~0U;

    /// Requires: `of` outlives this; seats > 0. `smt` false: one seat per core, until all cores have one. `only_node`:
    /// all seats are on that node, which has PUs, its own if it is nobody's home. Throws: std::bad_alloc.
    placement(const machine& of, unsigned seats, binding how, bool smt, unsigned only_node = any_node)
        : machine_(&of), smt_(smt), only_node_(only_node) {
        describe_cores();
        if (candidates() == 0) smt_ = true; // the node's PUs are all second threads of cores that begin on another
        const plain_array<unsigned> counts = choose(seats);
        seats_.reserve(seats);
        for (unsigned pu = 0; pu < counts.size(); ++pu) {
            const unsigned node = pu < of.home_nodes.size() ? of.home_nodes[pu] : node_count();
            for (unsigned each = 0; each < counts[pu]; ++each) seats_.push_back({pu, node, binding::none});
        }
        bind(how);
    }

    unsigned seats() const noexcept { return static_cast<unsigned>(seats_.size()); }
    const seat& operator[](unsigned index) const noexcept { return seats_[index]; }

    /// Returns: the CPUs, by OS index, that a thread on the seat is to be bound to; empty: to none in particular.
    /// Throws: std::bad_alloc.
    cpu_mask cpus(unsigned index) const {
        cpu_mask mask;
        const seat& one = seats_[index];
        for (unsigned pu = 0; pu < places_.size(); ++pu) {
            const bool is_in_core = one.bound_to == binding::core && places_[pu].core == places_[one.pu].core;
            const bool is_in_node = one.bound_to == binding::numa_node && is_candidate(pu) &&
                                    (only_node_ != any_node || machine_->home_nodes[pu] == one.node);
            if (is_in_core || is_in_node) mask.insert(machine_->pus[pu].os_index());
        }
        return mask;
    }

private:
    struct pu_place {
        unsigned core;     // its first PU
        unsigned rank = 0; // among the PUs of its core
        unsigned kind = 0; // of the core; the most powerful has the highest
    };

    unsigned node_count() const noexcept { return static_cast<unsigned>(machine_->nodes.size()); }

    /// PUs of no core are cores of their own.
    void describe_cores() {
        for (unsigned pu = 0; pu < machine_->pus.size(); ++pu) places_.push_back({pu});
        for (const core& each : machine_->cores) {
            const auto pus = each.pus();
            for (unsigned rank = 0; rank < pus.size(); ++rank)
                places_[pus[rank].logical_index()] = {pus[0].logical_index(), rank, each.kind()};
        }
    }

    bool is_candidate(unsigned pu) const noexcept {
        if (only_node_ != any_node && !machine_->is_pu_of(only_node_, pu)) return false;
        return smt_ || places_[pu].rank == 0;
    }
    unsigned candidates() const noexcept {
        unsigned count = 0;
        for (unsigned pu = 0; pu < places_.size(); ++pu) count += is_candidate(pu) ? 1U : 0U;
        return count;
    }

    /// Returns: how many seats each PU gets: as many rounds of all candidates as there are, and the rest in the order
    /// of classes: first threads of the fastest cores, of slower ones, second threads of the fastest, ...
    plain_array<unsigned> choose(unsigned seats) const {
        plain_array<unsigned> counts(places_.empty() ? 1 : places_.size(), places_.empty() ? seats : 0);
        const unsigned all = candidates();
        if (all == 0) return counts;
        for (unsigned pu = 0; pu < places_.size(); ++pu) counts[pu] = is_candidate(pu) ? seats / all : 0;
        unsigned left = seats % all;
        for (std::uint64_t below = 0; left != 0;) {
            const plain_array<unsigned> members = next_class(below);
            const auto size = static_cast<unsigned>(members.size());
            const unsigned taken = left < size ? left : size;
            for (unsigned i = 0; i < taken; ++i) ++counts[members[std::uint64_t{i} * size / taken]];
            left -= taken;
        }
        return counts;
    }
    std::uint64_t class_of(unsigned pu) const noexcept {
        return (std::uint64_t{places_[pu].rank} << 33) + (std::uint64_t{1} << 32) - places_[pu].kind;
    }
    /// Returns: the candidates of the first class after `below`, which becomes that class.
    plain_array<unsigned> next_class(std::uint64_t& below) const {
        plain_array<unsigned> members;
        std::uint64_t best = ~std::uint64_t{0};
        for (unsigned pu = 0; pu < places_.size(); ++pu) {
            const std::uint64_t its = class_of(pu);
            if (!is_candidate(pu) || its <= below || its > best) continue;
            if (its < best) members.resize(0);
            best = its;
            members.push_back(pu);
        }
        below = best;
        return members;
    }

    void bind(binding how) {
        if (how == binding::none || places_.empty()) return;
        if (how == binding::core || (how == binding::numa_node && only_node_ != any_node)) {
            for (seat& each : seats_) each.bound_to = how;
        } else if (how == binding::numa_node || homes() > 1) {
            bind_to_nodes(how == binding::automatic);
        }
    }
    /// Returns: how many nodes are home to some PU that may be used.
    unsigned homes() const {
        plain_array<bool> is_home(node_count(), false);
        unsigned count = 0;
        for (const unsigned node : machine_->home_nodes) {
            if (node >= node_count() || is_home[node]) continue;
            is_home[node] = true;
            ++count;
        }
        return count;
    }
    /// `whole_rounds`: of each node only as many seats as its part of the candidates makes in full; the others, fewer
    /// than nodes, are free. Otherwise many small pools that know nothing of each other, in containers with a quota
    /// say, would all be bound to the same few nodes.
    void bind_to_nodes(bool whole_rounds) {
        plain_array<std::uint64_t> left(node_count(), ~std::uint64_t{0});
        if (whole_rounds) {
            const std::uint64_t all = candidates();
            left.assign(node_count(), 0);
            for (unsigned pu = 0; pu < places_.size(); ++pu) {
                if (is_candidate(pu) && machine_->home_nodes[pu] < node_count()) ++left[machine_->home_nodes[pu]];
            }
            for (std::uint64_t& each : left) each = each * seats_.size() / all;
        }
        for (seat& each : seats_) {
            if (each.node >= node_count() || left[each.node] == 0) continue;
            --left[each.node];
            each.bound_to = binding::numa_node;
        }
    }

    const machine* machine_;
    bool smt_;
    unsigned only_node_;
    plain_array<pu_place> places_; // by logical PU
    plain_array<seat> seats_;
};

} // namespace detail
PEL_NAMESPACE_END
