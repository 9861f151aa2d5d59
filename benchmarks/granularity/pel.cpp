// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

namespace {

const bool cells = workload::register_cells<bench::pel_workers>(
    "pel", 2, [](bench::pel_workers& pel, std::size_t n, workload::body body) {
        pel::parallel_for(pel.policy(), std::size_t{0}, n, body);
    });

} // namespace
