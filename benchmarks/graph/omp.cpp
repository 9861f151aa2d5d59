// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_graphs.hpp"

#include "hidden_chain.hpp"
#include "requests.hpp"
#include "workload.hpp"

namespace {

using bench::omp_graphs;

const bool runs = workload::register_runs<omp_graphs>("omp", bench::each_count);
const bool requests = workload::register_requests<workload::graph_of_each<omp_graphs>>("omp", bench::each_count);
const bool hidden_chain = workload::register_hidden_chain<omp_graphs>("omp", bench::each_count);

} // namespace
