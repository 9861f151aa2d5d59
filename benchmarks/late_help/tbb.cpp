// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task_group.h>

namespace {

void run(benchmark::State& state, workload::before what, unsigned workers) {
    bench::tbb_workers tbb(workers);
    workload::measure_help(
        state, what, [&](const auto& f) { tbb.run(f); },
        [] { tbb::parallel_for(0, 4, [](int) { bench::spin_for(std::chrono::microseconds(100)); }); },
        [](const auto& job, const auto& leaf) {
            tbb::task_group group;
            for (unsigned i = 0; i != workload::jobs; ++i) group.run(job);
            leaf();
            group.wait();
        });
}

bool register_all() {
    using enum workload::before;
    for (const workload::before what : {spinning, parked, busy}) {
        const bench::registration one(workload::name(what), "tbb", 2, workload::iterations,
                                      [what](benchmark::State& state, unsigned workers) { run(state, what, workers); });
    }
    return true;
}

const bool registered = register_all();

} // namespace
