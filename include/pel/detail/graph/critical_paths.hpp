// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is learnt from a run that was recorded.
#pragma once

#include <pel/detail/graph/recorder.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: for each node how long it takes from its begin to the end of the longest chain behind it, if nothing has to
/// wait for a thread. Source: J. E. Kelley, M. R. Walker, "Critical-Path Planning and Scheduling", 1959. `times`: of each
/// node. Branches end a chain. Complexity: nodes and edges.
inline plain_array<std::uint64_t> critical_paths(const graph_plan& plan, const plain_array<std::uint64_t>& times) {
    plain_array<std::uint32_t> left(plan.size(), 0), order;
    order.reserve(plan.size());
    for (std::uint32_t each = 0; each != plan.size(); ++each) {
        left[each] = plan[each].predecessors;
        if (left[each] == 0) order.push_back(each);
    }
    for (std::uint32_t next = 0; next != order.size(); ++next) {
        const std::uint32_t from = order[next];
        for (std::uint32_t i = 0; !plan.is_branch(from) && i != plan.successor_count(from); ++i) {
            if (--left[plan.successors(from)[i]] == 0) order.push_back(plan.successors(from)[i]);
        }
    }
    plain_array<std::uint64_t> paths = times;
    for (std::size_t i = order.size(); i-- != 0;) {
        const std::uint32_t from = order[i];
        std::uint64_t longest = 0;
        for (std::uint32_t each = 0; !plan.is_branch(from) && each != plan.successor_count(from); ++each)
            longest = std::max(longest, paths[plan.successors(from)[each]]);
        paths[from] = times[from] + longest;
    }
    return paths;
}

/// Returns: how long each node has taken, on average, in ns; 0 for those that did not run.
inline plain_array<std::uint64_t> mean_times(const run_recorder& recorder, std::uint32_t nodes) {
    plain_array<std::uint64_t> times(nodes, 0), runs(nodes, 0);
    for (const node_record& each : recorder.records()) {
        times[each.number] += static_cast<std::uint64_t>(each.end - each.start);
        ++runs[each.number];
    }
    for (std::uint32_t each = 0; each != nodes; ++each) times[each] /= std::max<std::uint64_t>(runs[each], 1);
    return times;
}

} // namespace detail
PEL_NAMESPACE_END
