// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PEL with a given number of workers, its threads started.
#pragma once

#include "memory.hpp"
#include "work.hpp"

#include <pel/parallel_for.hpp>
#include <pel/thread_pool.hpp>

#include <optional>
#include <utility>

namespace bench {

class pel_workers {
public:
    explicit pel_workers(unsigned count) : pel_workers(with_concurrency(count)) {}
    explicit pel_workers(pel::thread_pool_options options) : pool_(std::move(options)) {
        const unsigned items = 8 * pool_.concurrency();
        pel::parallel_for(pel::par.on(pool_), 0u, items, [](unsigned) { spin_for(std::chrono::microseconds(300)); });
        watch_.emplace();
    }
    ~pel_workers() { watch_.reset(); }
    pel_workers(const pel_workers&) = delete;
    pel_workers& operator=(const pel_workers&) = delete;

    pel::thread_pool& pool() noexcept { return pool_; }
    auto policy() noexcept { return pel::par.on(pool_); }

    /// Runs f on a worker.
    template <class F>
    auto run(F&& f) {
        return pool_.execute(std::forward<F>(f));
    }

private:
    static pel::thread_pool_options with_concurrency(unsigned count) {
        pel::thread_pool_options options;
        options.concurrency = count;
        return options;
    }

    pel::thread_pool pool_;
    std::optional<memory_watch> watch_;
};

} // namespace bench
