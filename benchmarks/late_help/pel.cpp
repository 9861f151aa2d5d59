// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/task_group.hpp>

namespace {

void run(benchmark::State& state, workload::before what, unsigned workers) {
    pel::thread_pool_options options;
    options.concurrency = workers;
    if (what == workload::before::bound) options.binding = pel::binding::core;
    bench::pel_workers pel(options);
    workload::measure_help(
        state, what, [&](const auto& f) { pel.run(f); },
        [] { pel::parallel_for(0, 4, [](int) { bench::spin_for(std::chrono::microseconds(100)); }); },
        [](const auto& job, const auto& leaf) {
            pel::task_group group;
            for (unsigned i = 0; i != workload::jobs; ++i) group.run(job);
            leaf();
            (void)group.wait();
        });
}

bool register_all() {
    using enum workload::before;
    for (const workload::before what : {spinning, parked, bound, busy}) {
        const bench::registration one(workload::name(what), "pel", 2, workload::iterations,
                                      [what](benchmark::State& state, unsigned workers) { run(state, what, workers); });
    }
    return true;
}

const bool registered = register_all();

} // namespace
