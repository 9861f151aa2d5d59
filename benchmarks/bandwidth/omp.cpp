// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenMP's static loops: what the memory can do.
#include "support/omp_loops.hpp"
#include "support/sum.hpp"
#include "workload.hpp"

namespace {

struct static_loop : bench::omp_static_loop {
    struct workers : bench::omp_workers {
        using omp_workers::omp_workers;
        auto run(const auto& f) { return f(); } // which makes a team itself
    };
};

double sum(static_loop::workers& omp, const double* first, const double* last) {
    double all = 0;
#pragma omp parallel num_threads(omp.count()) reduction(+ : all)
    {
        const std::ptrdiff_t threads = omp_get_num_threads(), me = omp_get_thread_num();
        all += bench::sum_of(first + (last - first) * me / threads, first + (last - first) * (me + 1) / threads);
    }
    return all;
}

const bool plain_reads = workload::register_reduce<static_loop::workers>("plain_omp", bench::each_count, sum);
const bool plain_writes = workload::register_plain_writes("plain_omp", bench::each_count, static_loop());

} // namespace
