// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

void run(benchmark::State& state, unsigned size, unsigned) {
    workload::measure_loop(state, size, [](std::uint32_t* values, unsigned n) {
        for (unsigned i = 0; i != n; ++i) ++values[i];
    });
}

const bool main_loops = workload::register_sizes("serial", workload::from_main, 1, run);
const bool worker_loops = workload::register_sizes("serial", workload::on_worker, 1, run);

} // namespace
