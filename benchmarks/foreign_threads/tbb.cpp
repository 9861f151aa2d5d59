// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_loops.hpp"
#include "workload.hpp"

namespace {

/// Every thread has an arena of its own, as it comes.
void run(benchmark::State& state, unsigned workers) {
    bench::tbb_workers tbb(workers);
    workload::measure_callers(state, workload::callers, [](std::size_t n, const workload::body& body) {
        bench::tbb_for(n, body, tbb::auto_partitioner());
    });
}

void run_in_one_arena(benchmark::State& state, unsigned workers) {
    bench::tbb_workers tbb(workers);
    workload::measure_callers(state, workload::callers, [&](std::size_t n, const workload::body& body) {
        tbb.run([&] { bench::tbb_for(n, body, tbb::auto_partitioner()); });
    });
}

const bool own_arenas = workload::register_callers("tbb", 2, run);
const bool one_arena = workload::register_callers("tbb_arena", 2, run_in_one_arena);

} // namespace
