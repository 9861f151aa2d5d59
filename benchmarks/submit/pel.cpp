// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/task_group.hpp>

namespace {

struct by_pool {
    using workers = bench::pel_workers;
    workers& pel;

    auto submit(const auto& task) { return pel.pool().submit(task).get(); }
    void post(const auto& task) { pel.pool().post(task); }
    void finish() {}
};

/// A group of each thread, in whose wait() the thread takes part.
struct by_group {
    using workers = bench::pel_workers;
    workers& threads;
    pel::task_group group{threads.pool()};

    auto submit(const auto& task) {
        decltype(task()) result{};
        group.run([&] { result = task(); });
        (void)group.wait();
        return result;
    }
    void post(const auto& task) { group.run(task); }
    void finish() { (void)group.wait(); }
};

const bool tasks = workload::register_all<by_pool>("pel", 2);
const bool group = workload::register_all<by_group>("pel_group", 2);

} // namespace
