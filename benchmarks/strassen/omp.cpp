// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_invoke.hpp"
#include "workload.hpp"

namespace {

const bool product = workload::register_multiply("omp", bench::each_count, bench::omp_invoke());

} // namespace
