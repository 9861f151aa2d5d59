// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

void loop(std::size_t n, const workload::body body) {
    bench::this_thread here(1);
    bench::serial_loop()(here, n, body);
}

const bool one_thread = workload::register_callers(
    "serial", 1, [](benchmark::State& state, unsigned) { workload::measure_callers(state, 1, loop); });
const bool plain_threads = workload::register_callers(
    "plain", 2, [](benchmark::State& state, unsigned) { workload::measure_callers(state, workload::callers, loop); });

} // namespace
