// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "support/wake_counter.hpp"
#include "workload.hpp"

namespace {

void run_from_main(benchmark::State& state, unsigned size, unsigned workers) {
    bench::pel_workers pel(workers);
    const auto policy = pel.policy();
    const bench::wake_counter wakes(pel.pool());
    workload::measure_loop(state, size, [&](std::uint32_t* values, unsigned n) {
        pel::parallel_for(policy, 0u, n, [=](unsigned i) { ++values[i]; });
    });
    wakes.report(state);
}

void run_on_worker(benchmark::State& state, unsigned size, unsigned workers) {
    bench::pel_workers pel(workers);
    pel.run([&] {
        workload::measure_loop(state, size, [](std::uint32_t* values, unsigned n) {
            pel::parallel_for(0u, n, [=](unsigned i) { ++values[i]; });
        });
    });
}

const bool main_loops = workload::register_sizes("pel", workload::from_main, bench::each_count, run_from_main);
const bool worker_loops = workload::register_sizes("pel", workload::on_worker, bench::each_count, run_on_worker);

} // namespace
