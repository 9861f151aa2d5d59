// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task_group.h>

namespace {

std::uint64_t count(const bench::board& before, unsigned size) {
    if (before.row == size) return 1;
    bench::partial_counts parts{};
    tbb::task_group group;
    bench::for_each_queen(before, size, [&](unsigned column, const bench::board& next) {
        group.run([&part = parts[column], next, size] { part = count(next, size); });
    });
    group.wait();
    return bench::sum(parts);
}

const bench::registration
    with_tbb("coroutine_nqueens", "tbb", bench::each_count, [](benchmark::State& state, unsigned workers) {
        bench::tbb_workers tbb(workers);
        bench::measure(state, workload::answer(), [&] { return tbb.run([] { return count({}, workload::n()); }); });
    });

} // namespace
