// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

struct omp_steps {
    explicit omp_steps(unsigned count) : workers(count) {}
    void run(const auto& f) { f(); }

    bench::omp_workers workers;
};

/// One parallel region for all steps: threads meet at the end of each, as good OpenMP programs do.
const bool grids =
    workload::register_grids<omp_steps>("omp", bench::each_count, [](omp_steps& omp, workload::plate& heated) {
        const std::size_t rows = heated.rows();
#pragma omp parallel num_threads(omp.workers.count())
        for (std::uint64_t step = 0; step < heated.steps(); ++step) {
#pragma omp for schedule(static)
            for (std::size_t row = 0; row < rows; ++row) heated.update(step, row);
        }
    });

const bench::openmp_processes others;

} // namespace
