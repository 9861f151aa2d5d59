// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

namespace {

void run(benchmark::State& state, unsigned workers) {
    bench::pel_workers pel(workers);
    workload::measure_callers(state, workload::callers,
                              [policy = pel.policy()](std::size_t n, const workload::body& body) {
                                  pel::parallel_for(policy, std::size_t{0}, n, body);
                              });
}

const bool one_pool = workload::register_callers("pel", 2, run);

} // namespace
