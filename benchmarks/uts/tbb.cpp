// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

namespace {

workload::tally by_group(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
    tbb::task_group group;
    for (std::uint32_t i = 0; i != children; ++i) group.run([&, i] { parts[i] = by_group(tree, parent.child(i)); });
    group.wait();
    return workload::sum(parts);
}

workload::tally by_loop(const workload::tree& tree, const workload::node& parent) {
    const std::uint32_t children = tree.count_children(parent);
    if (children == 0) return workload::leaf(parent);
    std::vector<workload::tally> parts(children);
    tbb::parallel_for(std::uint32_t{0}, children, [&](std::uint32_t i) { parts[i] = by_loop(tree, parent.child(i)); });
    return workload::sum(parts);
}

const bool group = workload::register_trees<bench::tbb_workers>("group", "tbb", bench::each_count, by_group);
const bool loop = workload::register_trees<bench::tbb_workers>("loop", "tbb", bench::each_count, by_loop);

} // namespace
