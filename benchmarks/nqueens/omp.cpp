// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

std::uint64_t count(const bench::board& before, unsigned size) {
    if (before.row == workload::forked_rows) return bench::count_queens_serially(before, size);
    bench::partial_counts parts{};
    bench::for_each_queen(before, size, [&](unsigned column, const bench::board& next) {
        std::uint64_t& part = parts[column];
#pragma omp task untied shared(part) firstprivate(next, size)
        part = count(next, size);
    });
#pragma omp taskwait
    return bench::sum(parts);
}

const bench::registration with_omp("nqueens", "omp", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::omp_workers omp(workers);
    bench::measure(state, workload::answer(), [&] { return omp.run([] { return count({}, workload::n()); }); });
});

} // namespace
