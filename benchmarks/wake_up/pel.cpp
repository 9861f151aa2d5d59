// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

namespace {

const bool post = workload::register_post<bench::pel_workers>(
    "pel", 2, true, [](bench::pel_workers& pel, const auto& task) { pel.pool().post(task); });

} // namespace
