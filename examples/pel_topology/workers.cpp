// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workers.hpp"

#include "box.hpp"

#include <algorithm>
#include <utility>

namespace pel_topology {

workers::workers(const pel::topology& machine, const pool_wishes& wishes) : wanted_(wishes.binding) {
    pel::thread_pool_options options;
    options.topology = machine;
    options.concurrency = wishes.workers;
    options.binding = wishes.binding;
    options.smt = wishes.smt;
    const pel::thread_pool pool(std::move(options));
    places_ = pool.places();
    count_tiers(pool);
    for (const pel::numa_node_info& node : machine.numa_nodes()) home_nodes_ += node.is_home() ? 1 : 0;
}

/// Tiers without anybody are left out: those between the threads of a core, if only one of them has a worker.
void workers::count_tiers(const pel::thread_pool& pool) {
    for (const std::string& name : pool.tiers()) tiers_.push_back({name});
    std::vector<unsigned> others(tiers_.size());
    for (unsigned from = 0; from < size(); ++from) {
        std::fill(others.begin(), others.end(), 0U);
        for (unsigned to = 0; to < size(); ++to) {
            if (to != from) ++others[pool.tier(from, to)];
        }
        for (std::size_t i = 0; i < tiers_.size(); ++i) {
            tiers_[i].least = std::min(tiers_[i].least, others[i]);
            tiers_[i].most = std::max(tiers_[i].most, others[i]);
        }
    }
    std::erase_if(tiers_, [](const tier& one) { return one.most == 0; });
}

workers::run workers::on(std::size_t first, std::size_t count) const {
    const auto is_before = [](const pel::seat_place& place, std::size_t pu) { return place.pu < pu; };
    const auto begin = std::lower_bound(places_.begin(), places_.end(), first, is_before);
    const auto end = std::lower_bound(begin, places_.end(), first + count, is_before);
    return {static_cast<std::size_t>(begin - places_.begin()), static_cast<std::size_t>(end - places_.begin())};
}

std::string workers::summary() const {
    const auto is_bound = [](const pel::seat_place& place) { return place.bound_to != pel::binding::none; };
    const auto bound = static_cast<std::size_t>(std::count_if(places_.begin(), places_.end(), is_bound));
    const std::string to =
        "bound to " + std::string(wanted_ == pel::binding::core ? "its core" : "the CPUs of its NUMA node");
    std::string text = count_of(size(), "worker") + ", ";
    if (bound == 0) return text + "not bound" + why_unbound();
    if (bound == size()) return text + (size() == 1 ? "" : "each ") + to;
    return text + std::to_string(bound) + " of them each " + to + "; the others are not bound";
}

std::string workers::why_unbound() const {
    if (wanted_ != pel::binding::automatic) return "";
    if (home_nodes_ < 2) return ": there is one NUMA node";
    return ": too few to have as many on each NUMA node";
}

std::string workers::tier_table() const {
    if (tiers_.empty()) return "";
    std::size_t width = 0;
    for (const tier& one : tiers_) width = std::max(width, one.name.size());
    std::string text = "  others of each by tier; near ones are looked at and woken first:\n";
    for (const tier& one : tiers_) {
        const std::string most = std::to_string(one.most);
        const std::string count = one.least == one.most ? most : std::to_string(one.least) + "-" + most;
        text += "    " + one.name + std::string(width - one.name.size() + 2, ' ') + count + '\n';
    }
    return text;
}

std::string to_text(workers::run run) {
    const std::string first = std::to_string(run.begin);
    return run.size() == 1 ? first : first + '-' + std::to_string(run.end - 1);
}

} // namespace pel_topology
