// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

const bench::registration serial("nqueens", "serial", 1, [](benchmark::State& state, unsigned) {
    bench::measure(state, workload::answer(), [] { return bench::count_queens_serially({}, workload::n()); });
});

} // namespace
