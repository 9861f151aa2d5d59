// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

void run_from_main(benchmark::State& state, unsigned size, unsigned workers) {
    bench::omp_workers omp(workers);
    const int threads = omp.count();
    workload::measure_loop(state, size, [threads](std::uint32_t* values, unsigned n) {
#pragma omp parallel for num_threads(threads)
        for (unsigned i = 0; i < n; ++i) ++values[i];
    });
}

void run_on_worker(benchmark::State& state, unsigned size, unsigned workers) {
    bench::omp_workers omp(workers);
    omp.run([&] {
        workload::measure_loop(state, size, [](std::uint32_t* values, unsigned n) {
#pragma omp taskloop shared(values)
            for (unsigned i = 0; i < n; ++i) ++values[i];
        });
    });
}

const bool main_loops = workload::register_sizes("omp", workload::from_main, bench::each_count, run_from_main);
const bool worker_loops = workload::register_sizes("omp", workload::on_worker, bench::each_count, run_on_worker);

} // namespace
