// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_invoke.h>

namespace {

void loop(unsigned items, const auto& item) { tbb::parallel_for(0u, items, item); }

void run_from_main(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    bench::tbb_workers tbb(workers);
    workload::measure_items(state, shape, workers, [](unsigned items, const auto& item) { loop(items, item); });
}

void run_nested(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    bench::tbb_workers tbb(workers);
    const auto measure = [&] {
        workload::measure_items(state, shape, workers, [](unsigned items, const auto& item) { loop(items, item); });
    };
    tbb.run([&] { tbb::parallel_invoke(measure, [] {}); });
}

const bool main_loops = workload::register_shapes("tbb", &workload::shape::from_main, 2, run_from_main);
const bool nested_loops = workload::register_shapes("tbb", &workload::shape::nested, 2, run_nested);

} // namespace
