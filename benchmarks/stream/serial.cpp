// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

const bool loops = workload::register_levels<bench::this_thread>(
    "serial", [](std::size_t n, const auto body) { // by value: in registers
        for (std::size_t i = 0; i != n; ++i) body(i);
    });
const bool triad = workload::register_stream("serial", 1, bench::serial_loop());

} // namespace
