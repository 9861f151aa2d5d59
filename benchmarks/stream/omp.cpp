// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_loops.hpp"
#include "workload.hpp"

namespace {

/// An outermost parallel loop for each call, as OpenMP programs have it.
struct omp_loops {
    explicit omp_loops(unsigned count) : workers(count) {}
    void run(const auto& f) { f(); }

    bench::omp_workers workers;
};

const bool loops = workload::register_levels<omp_loops>("omp", [](std::size_t n, const auto& body) {
#pragma omp parallel for num_threads(1)
    for (std::size_t i = 0; i < n; ++i) body(i);
});
const bool triad = workload::register_stream("omp", bench::each_count, bench::omp_static_loop());

} // namespace
