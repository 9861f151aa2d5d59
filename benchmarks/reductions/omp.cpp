// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "support/sum.hpp"
#include "workload.hpp"

namespace {

double reduce(bench::omp_workers& omp, const double* from, std::size_t n) {
    double sum = 0;
#pragma omp parallel for num_threads(omp.count()) firstprivate(from) reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i) sum += from[i];
    return sum;
}

/// The sums side by side, which reduce_N lets a compiler have that is told so.
double reduce_simd(bench::omp_workers& omp, const double* from, std::size_t n) {
    double sum = 0;
#pragma omp parallel for simd num_threads(omp.count()) firstprivate(from) reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i) sum += from[i];
    return sum;
}

/// As a static schedule cuts it.
double fold(bench::omp_workers& omp, const double* from, std::size_t n) {
    double sum = 0;
#pragma omp parallel num_threads(omp.count()) reduction(+ : sum)
    {
        const auto threads = static_cast<std::size_t>(omp_get_num_threads());
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        sum += bench::sum_of(from + n * me / threads, from + n * (me + 1) / threads);
    }
    return sum;
}

const bool reduces = workload::register_sums<bench::omp_workers>("reduce_", "omp", 2, reduce);
const bool simd_reduces = workload::register_sums<bench::omp_workers>("reduce_", "omp_simd", 2, reduce_simd);
const bool folds = workload::register_sums<bench::omp_workers>("fold_", "omp", 2, fold);
const bench::openmp_processes others;

} // namespace
