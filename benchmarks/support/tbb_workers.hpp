// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// oneTBB with a given number of workers, its threads started.
#pragma once

#include "memory.hpp"
#include "work.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <optional>
#include <utility>

namespace bench {

class tbb_workers {
public:
    /// `callers` of them are threads that call run(); TBB has threads of its own for the others.
    explicit tbb_workers(unsigned count, unsigned callers = 1)
        : limit_(tbb::global_control::max_allowed_parallelism, count + 1 - callers),
          arena_(static_cast<int>(count), callers) {
        arena_.execute(
            [count] { tbb::parallel_for(0u, 8 * count, [](unsigned) { spin_for(std::chrono::microseconds(300)); }); });
        watch_.emplace();
    }
    ~tbb_workers() { watch_.reset(); }
    tbb_workers(const tbb_workers&) = delete;
    tbb_workers& operator=(const tbb_workers&) = delete;

    /// Runs f on a worker.
    template <class F>
    auto run(F&& f) {
        return arena_.execute(std::forward<F>(f));
    }

    /// Has f run on a worker some time.
    template <class F>
    void enqueue(F&& f) {
        arena_.enqueue(std::forward<F>(f));
    }

private:
    tbb::global_control limit_;
    tbb::task_arena arena_;
    std::optional<memory_watch> watch_;
};

/// Workers that are all TBB's own threads, for tasks from outside.
struct tbb_threads : tbb_workers {
    explicit tbb_threads(unsigned count) : tbb_workers(count, 0) {}
};

} // namespace bench
