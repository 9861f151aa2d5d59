// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_invoke.hpp"
#include "workload.hpp"

void workload::multiply_block(view a, view b, view c) { bench::add_product<block>(a, b, c); }

namespace {

const bool product = workload::register_multiply("serial", 1, bench::serial_invoke());

} // namespace
