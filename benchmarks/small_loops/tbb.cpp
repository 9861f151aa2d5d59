// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

namespace {

void loop(std::uint32_t* values, unsigned n) {
    tbb::parallel_for(0u, n, [=](unsigned i) { ++values[i]; });
}

void run_from_main(benchmark::State& state, unsigned size, unsigned workers) {
    bench::tbb_workers tbb(workers);
    workload::measure_loop(state, size, loop);
}

void run_on_worker(benchmark::State& state, unsigned size, unsigned workers) {
    bench::tbb_workers tbb(workers);
    tbb.run([&] { workload::measure_loop(state, size, loop); });
}

const bool main_loops = workload::register_sizes("tbb", workload::from_main, bench::each_count, run_from_main);
const bool worker_loops = workload::register_sizes("tbb", workload::on_worker, bench::each_count, run_on_worker);

} // namespace
