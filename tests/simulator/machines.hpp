// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machines that the simulator runs on: what a topology says, and what is made of it for a pool with a seat on each
// PU; and the price of moving a cache line between two seats.
#pragma once

#include <pel/detail/sched/seat_plan.hpp>
#include <pel/topology.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simulator {

using pel::detail::machine;
using pel::detail::proximity;
using pel::detail::seat_plan;
using pel::detail::shared_by;
using pel::detail::victim_order;

using time_ns = std::int64_t;

/// ns to move a line between PUs of a tier: round numbers of machines of the last ten years.
inline time_ns transfer_of(const proximity::tier_info& tier, bool is_inside_node) {
    if (!is_inside_node) return 10 * ((tier.least_distance + tier.greatest_distance + 1) / 2);
    switch (tier.what) {
    case shared_by::core: return 12;
    case shared_by::l1:
    case shared_by::l2: return 25;
    case shared_by::cluster: return 35;
    case shared_by::l3: return 50;
    case shared_by::package: return 130;
    case shared_by::machine: return 180;
    default: return 90;
    }
}

/// A machine, with the orders of a pool that fills it.
class tested_machine {
public:
    tested_machine(std::string name, machine its)
        : name_(std::move(name)), machine_(std::move(its)),
          plan_(machine_, static_cast<unsigned>(machine_.pus.size()), pel::binding::automatic, true) {
        const unsigned count = seats();
        tiers_.resize(std::size_t{count} * count);
        for (unsigned from = 0; from < count; ++from) {
            for (unsigned to = 0; to < count; ++to)
                tiers_[std::size_t{from} * count + to] = static_cast<std::uint8_t>(plan_.order().tier(from, to));
        }
        for (unsigned tier = 0; tier < plan_.distances().tiers(); ++tier) {
            transfers_.push_back(transfer_of(plan_.distances().tier_at(tier), tier < plan_.distances().inner_tiers()));
        }
        capacities_.assign(count, 1024);
        for (const pel::core& each : machine_.cores) {
            for (const pel::pu& one : each.pus()) capacities_[one.logical_index()] = each.capacity();
        }
    }

    const std::string& name() const { return name_; }
    unsigned seats() const { return plan_.order().seats(); }
    unsigned nodes() const { return plan_.distances().units(); }
    const seat_plan& plan() const { return plan_; }
    unsigned tier(unsigned from, unsigned to) const { return tiers_[std::size_t{from} * seats() + to]; }
    bool is_remote(unsigned from, unsigned to) const { return node(from) != node(to); }
    unsigned node(unsigned seat) const { return plan_.distances().unit_of(seat); } // a seat on each PU
    time_ns transfer(unsigned from, unsigned to) const { return transfers_[tier(from, to)]; }
    /// Relative to memory of the own node.
    double memory_distance(unsigned seat, unsigned of_seat) const {
        const unsigned from = machine_.home_nodes[seat], to = machine_.home_nodes[of_seat];
        const std::size_t count = machine_.nodes.size();
        return from == to || from >= count || to >= count ? 1.0 : machine_.distance(from, to) / 10.0;
    }
    double capacity(unsigned seat) const { return capacities_[seat] / 1024.0; }
    /// What all seats do together, to one fast core's thread.
    double whole_capacity() const { return static_cast<double>(plan_.capacity_below(seats())) / 4096; }

private:
    std::string name_;
    machine machine_;
    seat_plan plan_;
    std::vector<std::uint8_t> tiers_;
    std::vector<time_ns> transfers_;
    std::vector<unsigned> capacities_;
};

using machine_pointer = std::unique_ptr<const tested_machine>;

inline void require(const std::string& name, const std::string& fault) {
    if (!fault.empty()) throw std::runtime_error(name + ": " + fault);
}

/// `distance(a, b)` of different nodes replaces what the text makes of it.
template <class Distance>
machine_pointer make_synthetic(const char* name, const char* text, Distance distance) {
    machine its;
    require(text, pel::detail::read_synthetic_machine(text, its));
    const auto nodes = static_cast<unsigned>(its.nodes.size());
    for (unsigned a = 0; a < nodes; ++a) {
        for (unsigned b = 0; b < nodes; ++b) its.distances[a * nodes + b] = a == b ? 10 : distance(a, b);
    }
    return std::make_unique<tested_machine>(name, std::move(its));
}

/// Six to which real ones were the models. From 32 to 384 PUs, and from 1 to 24 nodes.
inline std::vector<machine_pointer> built_in_machines() {
    std::vector<machine_pointer> all;
    all.push_back(make_synthetic("Xeon, 2 nodes, 32 PUs", "pack:2 [numa] l3:1 core:8 pu:2",
                                 [](unsigned, unsigned) { return 21U; }));
    all.push_back(make_synthetic("Xeon with sub-NUMA clusters, 4 nodes, 80 PUs",
                                 "pack:2 l3:1 group:2 [numa] core:10 pu:2",
                                 [](unsigned a, unsigned b) { return a / 2 == b / 2 ? 11U : 21U; }));
    all.push_back(make_synthetic("EPYC Naples, 8 nodes, 128 PUs", "pack:2 die:4 [numa] l3:2 core:4 pu:2",
                                 [](unsigned a, unsigned b) { return a / 4 == b / 4 ? 16U : 32U; }));
    all.push_back(make_synthetic("Kunpeng 920, 4 nodes, 128 PUs", "pack:2 die:2 [numa] l3:1 group:8 core:4 pu:1",
                                 [](unsigned a, unsigned b) {
                                     if (a / 2 == b / 2) return 16U;
                                     return a + b == 3 ? 33U : a == 1 || b == 1 ? 25U : 32U;
                                 }));
    all.push_back(make_synthetic("UV 2000, 24 nodes, 384 PUs", "group:12 pack:2 [numa] l3:1 core:8 pu:2",
                                 [](unsigned a, unsigned b) {
                                     const unsigned blades = a / 2 ^ b / 2;
                                     return blades == 0 ? 50U : (blades & (blades - 1)) == 0 ? 65U : 79U;
                                 }));
    all.push_back(make_synthetic("EPYC Genoa, 1 node, 24 L3, 384 PUs", "[numa] pack:2 l3:12 core:8 pu:2",
                                 [](unsigned, unsigned) { return 10U; }));
    return all;
}

/// 8 fast cores of two threads, and 16 of a thread, 0.6 times as fast.
inline machine_pointer hybrid_machine() {
    machine its;
    require("hybrid", pel::detail::read_synthetic_machine("[numa] l3:1 core:32 pu:1", its));
    const pel::pu* const first = its.pus.data();
    const auto whole = its.domains;
    its.cores = {};
    its.domains = {};
    for (unsigned pu = 0; pu < 32;) {
        const auto number = static_cast<unsigned>(its.cores.size()), threads = number < 8 ? 2U : 1U;
        its.cores.push_back(pel::core(number, number, threads - 1, threads == 2 ? 1024 : 614, {first + pu, threads}));
        if (threads == 2) its.domains.push_back({pu, threads});
        pu += threads;
    }
    for (const pel::detail::domain& each : whole) its.domains.push_back(each);
    return std::make_unique<tested_machine>("Hybrid, 8 fast and 16 slow cores, 32 PUs", std::move(its));
}

inline machine_pointer machine_from_xml(const std::string& path) {
    machine its;
    require(path, pel::detail::read_xml_machine(path, its));
    return std::make_unique<tested_machine>(path.substr(path.rfind('/') + 1), std::move(its));
}

} // namespace simulator
