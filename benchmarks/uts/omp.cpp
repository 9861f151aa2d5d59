// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

workload::tally by_group(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
    for (std::uint32_t i = 0; i != children; ++i) {
#pragma omp task untied shared(tree, parent, parts) firstprivate(i)
        parts[i] = by_group(tree, parent.child(i));
    }
#pragma omp taskwait
    return workload::sum(parts);
}

workload::tally by_loop(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
#pragma omp taskloop untied grainsize(1) shared(tree, parent, parts)
    for (std::uint32_t i = 0; i < children; ++i) parts[i] = by_loop(tree, parent.child(i));
    return workload::sum(parts);
}

/// The runtime chooses how many children are a task.
workload::tally by_grained_loop(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
#pragma omp taskloop untied shared(tree, parent, parts)
    for (std::uint32_t i = 0; i < children; ++i) parts[i] = by_grained_loop(tree, parent.child(i));
    return workload::sum(parts);
}

const bool group = workload::register_trees<bench::omp_workers>("group", "omp", bench::each_count, by_group);
const bool loop = workload::register_trees<bench::omp_workers>("loop", "omp", bench::each_count, by_loop);
const bool grained_loop =
    workload::register_trees<bench::omp_workers>("loop", "omp_own_grain", bench::each_count, by_grained_loop);

} // namespace
