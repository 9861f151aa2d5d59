// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

void run(benchmark::State& state, const workload::shape& shape, unsigned workers) {
    workload::measure_items(state, shape, workers, [](unsigned items, const auto& item) {
        for (unsigned i = 0; i != items; ++i) item(i);
    });
}

const bool main_loops = workload::register_shapes("serial", &workload::shape::from_main, 1, run);
const bool nested_loops = workload::register_shapes("serial", &workload::shape::nested, 1, run);

} // namespace
