// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/task_group.hpp>

namespace {

std::uint64_t count(const workload::board& before, unsigned size) {
    if (before.row == workload::forked_rows) return workload::count_serially(before, size);
    workload::partial_counts parts{};
    pel::task_group group;
    workload::for_each_queen(before, size, [&](unsigned column, const workload::board& next) {
        group.run([&part = parts[column], next, size] { part = count(next, size); });
    });
    (void)group.wait();
    return workload::sum(parts);
}

const bench::registration with_pel("nqueens", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::pel_workers pel(workers);
    bench::measure(state, workload::answer(), [&] { return pel.run([] { return count({}, workload::n()); }); });
});

} // namespace
