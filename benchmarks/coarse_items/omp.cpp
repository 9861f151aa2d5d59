// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

void run_from_main(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    bench::omp_workers omp(workers);
    const int threads = omp.count();
    workload::measure_items(state, shape, workers, [threads](unsigned items, const auto& item) {
#pragma omp parallel for num_threads(threads)
        for (unsigned i = 0; i < items; ++i) item(i);
    });
}

void run_nested(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    bench::omp_workers omp(workers);
    omp.run([&] {
        workload::measure_items(state, shape, workers, [](unsigned items, const auto& item) {
#pragma omp taskloop untied grainsize(1) shared(item)
            for (unsigned i = 0; i < items; ++i) item(i);
        });
    });
}

const bool main_loops = workload::register_shapes("omp", &workload::shape::from_main, 2, run_from_main);
const bool nested_loops = workload::register_shapes("omp", &workload::shape::nested, 2, run_nested);

} // namespace
