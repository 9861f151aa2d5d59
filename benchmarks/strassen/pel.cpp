// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_invoke.hpp"
#include "workload.hpp"

namespace {

const bool product = workload::register_multiply("pel", bench::each_count, bench::pel_invoke());

} // namespace
