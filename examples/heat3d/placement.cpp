// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "placement.hpp"

#include <pel/memory/node_of.hpp>
#include <pel/this_worker.hpp>
#include <pel/topology.hpp>

#include <sched.h>

#include <algorithm>
#include <optional>

namespace heat3d {

namespace {

constexpr std::uint64_t most_samples = 16;  // steps
constexpr std::size_t most_lookups = 4'096; // strips; each takes two system calls

/// Which CPUs each node is nearest to: its own, and those that have no memory of their own nearer. A machine with one
/// node has everything near.
class near_cpus {
public:
    near_cpus() : nodes_(machine_.numa_nodes()) {}

    std::size_t node_count() const { return nodes_.size(); }
    bool is_near(pel::numa_node node, int cpu) const {
        if (nodes_.size() < 2 || has(nodes_[node.index], cpu)) return true;
        const auto with_cpu = [&](const pel::numa_node_info& one) { return has(one, cpu); };
        const auto own = std::find_if(nodes_.begin(), nodes_.end(), with_cpu);
        if (own == nodes_.end() || own->memory() != 0 || !nodes_[node.index].is_home()) return false;
        const auto way_to = [&](unsigned to) { return machine_.distance(own->logical_index(), to); };
        return std::none_of(nodes_.begin(), nodes_.end(), [&](const pel::numa_node_info& one) {
            return one.is_home() && way_to(one.logical_index()) < way_to(node.index);
        });
    }

private:
    static bool has(const pel::numa_node_info& node, int cpu) {
        const auto pus = node.pus();
        return std::any_of(pus.begin(), pus.end(),
                           [cpu](const pel::pu& one) { return one.os_index() == static_cast<unsigned>(cpu); });
    }

    const pel::topology machine_ = pel::topology::discover();
    pel::topology_range<pel::numa_node_info> nodes_;
};

} // namespace

placement_log::placement_log(std::size_t strip_count, std::uint64_t steps)
    : interval_(std::max<std::uint64_t>((steps + most_samples - 1) / most_samples, 1)), first_writers_(strip_count),
      visitors_((steps + interval_ - 1) / interval_ * strip_count) {}

placement_log::visitor placement_log::here() { return {::sched_getcpu(), pel::this_worker::index()}; }

placement_summary placement_log::summarize(const strips& pieces, const field& a, const field& b) const {
    const near_cpus near;
    placement_summary found;
    found.nodes = near.node_count();
    const std::size_t count = first_writers_.size();
    const std::size_t interval = count / most_lookups + 1;
    for (std::size_t one = 0; one < count; one += interval) {
        const strip where = pieces[one];
        const std::size_t y = (where.first_y + where.last_y) / 2; // not a page that it shares with its neighbours
        for (const field& each : {a, b}) {
            const std::optional<pel::numa_node> node = pel::node_of(each.row(where.z, y));
            for (std::size_t at = one; at < visitors_.size(); at += count) {
                ++(node ? found.known_pages : found.unknown_pages);
                if (node && near.is_near(*node, visitors_[at].cpu)) ++found.local_pages;
            }
        }
    }
    for (std::size_t at = 0; at != visitors_.size(); ++at)
        if (visitors_[at].thread == first_writers_[at % count].thread) ++found.kept_strips;
    found.strips = visitors_.size();
    return found;
}

} // namespace heat3d
