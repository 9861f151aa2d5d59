// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

void run(benchmark::State& state, workload::before what) {
    workload::measure_help(
        state, what, [](const auto& f) { f(); }, [] {},
        [](const auto& job, const auto& leaf) {
            leaf();
            for (unsigned i = 0; i != workload::jobs; ++i) job();
        });
}

bool register_all() {
    using enum workload::before;
    for (const workload::before what : {spinning, parked, bound, busy}) {
        const bench::registration one(workload::name(what), "serial", 1, 1,
                                      [what](benchmark::State& state, unsigned) { run(state, what); });
    }
    return true;
}

const bool registered = register_all();

} // namespace
