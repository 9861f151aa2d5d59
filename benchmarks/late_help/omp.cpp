// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

void share() {
    for (int i = 0; i != 4; ++i) {
#pragma omp task
        bench::spin_for(std::chrono::microseconds(100));
    }
#pragma omp taskwait
}

void fork_and_wait(const auto& job, const auto& leaf) {
    for (unsigned i = 0; i != workload::jobs; ++i) {
#pragma omp task untied shared(job)
        job();
    }
    leaf();
#pragma omp taskwait
}

void run(benchmark::State& state, workload::before what, unsigned workers) {
    bench::omp_workers omp(workers);
    workload::measure_help(
        state, what, [&](const auto& f) { omp.run(f); }, share,
        [](const auto& job, const auto& leaf) { fork_and_wait(job, leaf); });
}

bool register_all() {
    using enum workload::before;
    for (const workload::before what : {spinning, parked, busy}) {
        const bench::registration one(workload::name(what), "omp", 2, workload::iterations,
                                      [what](benchmark::State& state, unsigned workers) { run(state, what, workers); });
    }
    return true;
}

const bool registered = register_all();

} // namespace
