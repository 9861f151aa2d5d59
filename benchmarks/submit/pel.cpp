// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

namespace {

struct by_pool {
    using workers = bench::pel_workers;
    workers& pel;

    auto submit(const auto& task) { return pel.pool().submit(task).get(); }
    void post(const auto& task) { pel.pool().post(task); }
    void finish() {}
};

const bool tasks = workload::register_all<by_pool>("pel", 2);

} // namespace
