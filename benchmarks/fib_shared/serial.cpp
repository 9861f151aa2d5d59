// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

const bench::registration serial("fib_shared", "serial", 1, [](benchmark::State& state, unsigned) {
    bench::measure(state, workload::answer(), [] { return workload::serial_fib(workload::n()); });
});

} // namespace
