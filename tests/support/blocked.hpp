// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests of what blocks: whether the tasks of a pool are blocked, and threads that are joined.
#pragma once

#include "support/watchdog.hpp"

#include <pel/thread_pool.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace pel_test {

/// Whether the pool, all of whose tasks block or are about to, still runs one more: that needs a seat.
inline void expect_other_work_runs(pel::thread_pool& pool) {
    std::atomic<bool> ran{false};
    pool.post([&] { ran = true; });
    await([&] { return ran.load(); });
}

/// Runs body(number) on so many threads, and joins them.
template <class Body>
void on_threads(unsigned count, const Body& body) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
    for (std::thread& each : threads) each.join();
}

} // namespace pel_test
