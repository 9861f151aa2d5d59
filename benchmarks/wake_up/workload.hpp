// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wake_up: two workers have had nothing to do for 50 ms and sleep; then a thread of the program, which goes on
// working, posts a task. Time from before the post until the task begins; the median and the worst as counters. The
// runtime plain is what the machine itself takes: a thread that waits for a semaphore. serial: a call. OpenMP is left
// out: nothing can be posted to a team.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

namespace workload {

inline constexpr int iterations = 10;
inline constexpr std::chrono::milliseconds idle_time{50};

/// Returns: the time from before post(task) until the task begins, on another thread if `is_elsewhere`; 0 if it does
/// otherwise.
template <class Post>
std::chrono::nanoseconds time_until_begun(const Post& post, bool is_elsewhere) {
    struct {
        std::atomic<bool> has_begun{false};
        bench::clock::time_point at{};
        std::thread::id thread{};
    } task;
    const bench::clock::time_point start = bench::clock::now();
    post([&task] {
        task.at = bench::clock::now();
        task.thread = std::this_thread::get_id();
        task.has_begun.store(true, std::memory_order_release);
    });
    while (!task.has_begun.load(std::memory_order_acquire)) {
    }
    if ((task.thread != std::this_thread::get_id()) != is_elsewhere) return std::chrono::nanoseconds(0);
    return task.at - start;
}

/// Registers post(workers, task).
template <class Workers, class Post>
bool register_post(const char* runtime, unsigned count, bool is_elsewhere, Post post) {
    const bench::registration one(
        "wake_up", runtime, count, iterations, [=](benchmark::State& state, unsigned workers_count) {
            Workers workers(workers_count);
            std::vector<double> all;
            for (auto _ : state) {
                std::this_thread::sleep_for(idle_time);
                const auto time = time_until_begun([&](const auto& task) { post(workers, task); }, is_elsewhere);
                if (time.count() == 0) {
                    bench::fail(state);
                    break;
                }
                all.push_back(static_cast<double>(time.count()) / 1e3);
                state.SetIterationTime(all.back() / 1e6);
            }
            if (all.empty()) return;
            std::sort(all.begin(), all.end());
            state.counters["median_us"] = all[all.size() / 2];
            state.counters["worst_us"] = all.back();
        });
    return true;
}

} // namespace workload
