// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A phase in which threads wait for each other, so that in the next one all are there. Without it the first thread would
// write most of a grid for the first time, and have its pages, while others are still being started. Nothing relies on
// it: who waits gives up after a while.
#pragma once

#include <pel/worker_local.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace heat3d {

class gathering {
public:
    /// `expected` threads, or 0 not to wait at all.
    explicit gathering(unsigned expected) : expected_(expected) {}

    /// Called by all, and as often as anybody likes.
    void wait() {
        if (has_come_.local()) return wait_for_others();
        has_come_.local() = true;
        come_.fetch_add(1, std::memory_order_relaxed); // a hint: nothing else is told by it
        wait_for_others();
    }

private:
    using clock = std::chrono::steady_clock;

    void wait_for_others() const {
        while (come_.load(std::memory_order_relaxed) < expected_ && clock::now() < deadline_) std::this_thread::yield();
    }

    const unsigned expected_;
    const clock::time_point deadline_ = clock::now() + std::chrono::milliseconds(20);
    std::atomic<unsigned> come_ = 0;
    pel::worker_local<bool> has_come_;
};

} // namespace heat3d
