// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_graphs.hpp"
#include "support/tbb_loops.hpp"
#include "workload.hpp"

namespace {

const bool loops = bench::with_each_partitioner(
    [](const char* runtime, const auto& loop) { workload::register_loop(runtime, bench::each_count, loop); });
const bool graph = workload::register_graph<bench::tbb_graphs>("tbb", bench::each_count);

} // namespace
