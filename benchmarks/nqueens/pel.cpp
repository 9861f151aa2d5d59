// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/task_group.hpp>

namespace {

std::uint64_t count(const bench::board& before, unsigned size) {
    if (before.row == workload::forked_rows) return bench::count_queens_serially(before, size);
    bench::partial_counts parts{};
    pel::task_group group;
    bench::for_each_queen(before, size, [&](unsigned column, const bench::board& next) {
        group.run([&part = parts[column], next, size] { part = count(next, size); });
    });
    (void)group.wait();
    return bench::sum(parts);
}

const bench::registration with_pel("nqueens", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::pel_workers pel(workers);
    bench::measure(state, workload::answer(), [&] { return pel.run([] { return count({}, workload::n()); }); });
});

} // namespace
