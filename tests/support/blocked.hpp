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

/// Returns: whether a task that makes the call again and again keeps its seat, the only one: no other task runs meanwhile.
template <class Call>
bool keeps_its_seat(const Call& call) {
    std::atomic<bool> other_ran{false};
    std::atomic<bool> is_over{false};
    bool has_kept = false;
    pel::thread_pool pool(1);
    const watchdog guard(pool);
    pool.post([&] {
        pool.post([&] { other_ran = true; });
        for (int i = 0; i < 100; ++i) call();
        has_kept = !other_ran;
        is_over = true;
    });
    await([&] { return is_over && other_ran; });
    return has_kept;
}

} // namespace pel_test
