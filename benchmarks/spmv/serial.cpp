// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

const bool loop = workload::register_loop("serial", 1, bench::serial_loop());

} // namespace
