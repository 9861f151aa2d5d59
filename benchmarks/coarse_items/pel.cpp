// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_invoke.hpp>

namespace {

void run_from_main(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    bench::pel_workers pel(workers);
    workload::measure_items(state, shape, workers, [policy = pel.policy()](unsigned items, const auto& item) {
        pel::parallel_for(policy, 0u, items, item);
    });
}

void run_nested(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    bench::pel_workers pel(workers);
    const auto measure = [&] {
        workload::measure_items(state, shape, workers,
                                [](unsigned items, const auto& item) { pel::parallel_for(0u, items, item); });
    };
    pel.run([&] { pel::parallel_invoke(measure, [] {}); });
}

const bool main_loops = workload::register_shapes("pel", &workload::shape::from_main, 2, run_from_main);
const bool nested_loops = workload::register_shapes("pel", &workload::shape::nested, 2, run_nested);

} // namespace
