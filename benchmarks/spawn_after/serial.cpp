// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_graphs.hpp"

#include "workload.hpp"

namespace {

const bool spawns = workload::register_spawns<bench::serial_graphs>("serial", 1);

} // namespace
