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
    explicit tbb_workers(unsigned count)
        : limit_(tbb::global_control::max_allowed_parallelism, count), arena_(static_cast<int>(count)) {
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

private:
    tbb::global_control limit_;
    tbb::task_arena arena_;
    std::optional<memory_watch> watch_;
};

} // namespace bench
