// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How often a call to PEL woke or started a thread.
#pragma once

#include "benchmark.hpp"

#include <pel/thread_pool.hpp>

#include <cstdint>

namespace bench {

/// Counts from when it is built.
class wake_counter {
public:
    explicit wake_counter(const pel::thread_pool& pool) : pool_(pool), before_(woken()) {}

    /// Adds the counter woken_per_call.
    void report(benchmark::State& state) const {
        state.counters["woken_per_call"] =
            static_cast<double>(woken() - before_) / static_cast<double>(state.iterations());
    }

private:
    std::uint64_t woken() const {
        const pel::pool_stats stats = pool_.stats();
        return stats.wakes + stats.threads_started;
    }

    const pel::thread_pool& pool_;
    std::uint64_t before_;
};

} // namespace bench
