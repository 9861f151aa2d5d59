// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

namespace {

const bool enqueue = workload::register_post<bench::tbb_threads>(
    "tbb", 2, true, [](bench::tbb_threads& tbb, const auto& task) { tbb.enqueue(task); });

} // namespace
