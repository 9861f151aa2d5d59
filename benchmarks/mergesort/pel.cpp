// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_invoke.hpp"
#include "workload.hpp"

namespace {

const bool sort = workload::register_sort("pel", bench::each_count, bench::pel_invoke());

} // namespace
