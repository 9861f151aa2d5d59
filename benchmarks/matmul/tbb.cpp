// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_invoke.hpp"
#include "workload.hpp"

namespace {

const bool product = workload::register_multiply("tbb", bench::each_count, bench::tbb_invoke());

} // namespace
