// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <algorithm>

namespace {

const bool searches = workload::register_searches<bench::this_thread>(
    "serial", 1,
    [](bench::this_thread&, auto first, auto last, auto wanted) { return std::find_if(first, last, wanted); });

} // namespace
