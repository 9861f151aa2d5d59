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

/// Which CPUs each node is nearest to. A machine with one node has everything near.
class near_cpus {
public:
    near_cpus() : nodes_(pel::topology::discover().numa_nodes()) {}

    std::size_t node_count() const { return nodes_.size(); }
    bool is_near(pel::numa_node node, int cpu) const {
        if (nodes_.size() < 2) return true;
        const auto pus = nodes_[node.index].pus();
        return std::any_of(pus.begin(), pus.end(),
                           [cpu](const pel::pu& one) { return one.os_index() == static_cast<unsigned>(cpu); });
    }

private:
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
