// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

struct by_call {
    using workers = bench::this_thread;
    workers& here;

    auto submit(auto task) {
        bench::hide(task);
        return task();
    }
    void post(const auto& task) { task(); }
    void finish() {}
};

const bool calls = workload::register_all<by_call>("serial", 1);

} // namespace
