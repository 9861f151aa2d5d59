// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_graphs.hpp"
#include "support/pel_loops.hpp"
#include "workload.hpp"

namespace {

const bool loop = workload::register_loop("pel", bench::each_count, bench::pel_loop());
const bool graph = workload::register_graph<bench::pel_graphs>("pel", bench::each_count);

} // namespace
