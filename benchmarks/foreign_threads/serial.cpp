// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

void loop(std::size_t n, const workload::body body) {
    bench::hide(n); // as unknown to the compiler as it is to the others
    for (std::size_t i = 0; i != n; ++i) body(i);
}

const bool one_thread = workload::register_callers(
    "serial", 1, [](benchmark::State& state, unsigned) { workload::measure_callers(state, 1, loop); });
const bool plain_threads = workload::register_callers(
    "plain", 2, [](benchmark::State& state, unsigned) { workload::measure_callers(state, workload::callers, loop); });

} // namespace
