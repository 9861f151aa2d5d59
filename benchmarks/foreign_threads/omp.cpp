// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

/// Every thread has a team of its own. (main has none, which would only disturb.)
void run(benchmark::State& state, unsigned workers) {
    const auto count = static_cast<int>(workers);
    workload::measure_callers(state, workload::callers, [count](std::size_t n, const workload::body body) {
#pragma omp parallel for num_threads(count) firstprivate(body) schedule(static)
        for (std::size_t i = 0; i < n; ++i) body(i);
    });
}

const bool own_teams = workload::register_callers("omp", 2, run);
const bench::openmp_processes others;

} // namespace
