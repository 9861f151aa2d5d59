// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A phase in which threads wait for each other, so that in the next one all are there. Without it the first thread would
// write most of a grid for the first time, and have its pages, while others are still being started. Nothing relies on
// it: a while after the first has come nobody waits any more. Before that the machine may be read, which takes longer.
#pragma once

#include <pel/worker_local.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace heat3d {

class gathering {
public:
    /// `expected` threads, or 0 not to wait at all.
    explicit gathering(unsigned expected) : expected_(expected) {}

    /// Called by all, and as often as anybody likes.
    void wait() {
        if (!std::exchange(has_come_.local(), true)) come();
        while (come_.load(std::memory_order_relaxed) < expected_ &&
               clock::now() < deadline_.load(std::memory_order_relaxed))
            std::this_thread::yield();
    }

private:
    using clock = std::chrono::steady_clock;

    // Both are hints: nothing else is told by them.
    void come() {
        if (come_.fetch_add(1, std::memory_order_relaxed) == 0)
            deadline_.store(clock::now() + std::chrono::milliseconds(20), std::memory_order_relaxed);
    }

    const unsigned expected_;
    std::atomic<unsigned> come_ = 0;
    std::atomic<clock::time_point> deadline_ = clock::time_point::max();
    pel::worker_local<bool> has_come_;
};

} // namespace heat3d
