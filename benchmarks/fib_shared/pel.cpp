// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

namespace {

const bench::registration
    with_pel("fib_shared", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
        bench::pel_workers pel(workers);
        bench::measure(state, workload::answer(), [&] { return workload::forking_fib(pel.pool(), workload::n()); });
    });

} // namespace
