// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_graphs.hpp"

#include "workload.hpp"

namespace {

const bool spawns = workload::register_spawns<bench::omp_graphs>("omp", bench::each_count);

} // namespace
