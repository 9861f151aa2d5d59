// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

const workload::idle_runtime with_omp("omp", [] {
    return [](int items, void (*body)(int)) {
#pragma omp parallel for num_threads(workload::workers)
        for (int i = 0; i < items; ++i) body(i);
    };
});

} // namespace
