// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_graphs.hpp"
#include "support/omp_loops.hpp"
#include "workload.hpp"

namespace {

const bool loops = bench::with_each_schedule(
    [](const char* runtime, const auto& loop) { workload::register_loop(runtime, bench::each_count, loop); });
const bool graph = workload::register_graph<bench::omp_graphs>("omp", bench::each_count);

} // namespace
