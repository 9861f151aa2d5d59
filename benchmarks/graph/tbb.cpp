// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_graphs.hpp"

#include "requests.hpp"
#include "workload.hpp"

namespace {

using bench::tbb_graphs;

const bool runs = workload::register_runs<tbb_graphs>("tbb", bench::each_count);
const bool builds = workload::register_builds<tbb_graphs>("tbb");
const bool requests = workload::register_requests<workload::graph_of_each<tbb_graphs>>("tbb", bench::each_count);

} // namespace
