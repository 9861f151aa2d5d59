// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task_group.h>

#include <future>
#include <memory>

namespace {

/// An arena whose workers do everything, and the standard library's futures: TBB has none.
struct by_arena {
    using workers = bench::tbb_threads;
    workers& threads;

    auto submit(const auto& task) {
        using result = decltype(task());
        const auto promised = std::make_shared<std::promise<result>>();
        std::future<result> promise = promised->get_future();
        threads.enqueue([promised, task] { promised->set_value(task()); });
        return promise.get();
    }
    void post(const auto& task) { threads.enqueue(task); }
    void finish() {}
};

/// A group of each thread, in whose wait() the thread takes part.
struct by_group {
    using workers = bench::tbb_workers;
    workers& threads;
    tbb::task_group group{};

    auto submit(const auto& task) {
        decltype(task()) result{};
        group.run([&] { result = task(); });
        group.wait();
        return result;
    }
    void post(const auto& task) { group.run(task); }
    void finish() { group.wait(); }
};

const bool arena = workload::register_all<by_arena>("tbb", 2);
const bool group = workload::register_all<by_group>("tbb_group", 2);

} // namespace
