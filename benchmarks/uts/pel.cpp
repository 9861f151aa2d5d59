// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_for.hpp>
#include <pel/task_group.hpp>

namespace {

workload::tally by_group(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
    pel::task_group group;
    for (std::uint32_t i = 0; i != children; ++i) group.run([&, i] { parts[i] = by_group(tree, parent.child(i)); });
    (void)group.wait();
    return workload::sum(parts);
}

workload::tally by_loop(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
    pel::parallel_for(std::uint32_t{0}, children, [&](std::uint32_t i) { parts[i] = by_loop(tree, parent.child(i)); });
    return workload::sum(parts);
}

const bool group = workload::register_trees<bench::pel_workers>("group", "pel", bench::each_count, by_group);
const bool loop = workload::register_trees<bench::pel_workers>("loop", "pel", bench::each_count, by_loop);

} // namespace
