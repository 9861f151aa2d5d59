// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_loops.hpp"
#include "workload.hpp"

namespace {

void run(benchmark::State& state, unsigned workers) {
    bench::pel_workers pel(workers);
    workload::measure_callers(state, workload::callers,
                              [&](std::size_t n, const workload::body& body) { bench::pel_loop()(pel, n, body); });
}

const bool one_pool = workload::register_callers("pel", 2, run);

} // namespace
