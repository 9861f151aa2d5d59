// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

const bool cells_static = workload::register_cells<bench::omp_workers>(
    "omp_static", 2, [](bench::omp_workers& omp, std::size_t n, const workload::body body) {
#pragma omp parallel for num_threads(omp.count()) schedule(static)
        for (std::size_t i = 0; i < n; ++i) body(i);
    });

const bool cells_dynamic = workload::register_cells<bench::omp_workers>(
    "omp_dynamic", 2, [](bench::omp_workers& omp, std::size_t n, const workload::body body) {
#pragma omp parallel for num_threads(omp.count()) schedule(dynamic)
        for (std::size_t i = 0; i < n; ++i) body(i);
    });

const bool cells_guided = workload::register_cells<bench::omp_workers>(
    "omp_guided", 2, [](bench::omp_workers& omp, std::size_t n, const workload::body body) {
#pragma omp parallel for num_threads(omp.count()) schedule(guided)
        for (std::size_t i = 0; i < n; ++i) body(i);
    });

const bench::openmp_processes others;

} // namespace
