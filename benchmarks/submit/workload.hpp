// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// submit: tasks that only count, handed to two workers by threads of the program, none of which is a worker. submit_1
// and submit_4: 1 or 4 threads each submit a task and get its result, and then the next one. post_1 and post_4: they
// post all their tasks and then wait until all have run. The time is that of one task, of all that the threads have
// handed over. OpenMP is left out: its tasks come from inside a team. serial: each thread just calls the functions.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace workload {

inline constexpr std::array<std::size_t, 2> callers{1, 4};

/// Of each thread.
inline std::uint32_t tasks() { return static_cast<std::uint32_t>(bench::size(50'000, 10'000)); }

/// Runs call(0), call(1), … on `count` threads, which begin together. Returns: seconds from the first begin to the last
/// end.
template <class Call>
double seconds_of(std::size_t count, const Call& call) {
    using time_point = bench::clock::time_point;
    std::vector<time_point> begins(count), ends(count);
    std::vector<std::thread> running;
    std::latch all_ready(static_cast<std::ptrdiff_t>(count));
    for (std::size_t i = 0; i != count; ++i) {
        running.emplace_back([&, i] {
            all_ready.arrive_and_wait();
            begins[i] = bench::clock::now();
            call(i);
            ends[i] = bench::clock::now();
        });
    }
    for (std::thread& thread : running) thread.join();
    const time_point begin = *std::min_element(begins.begin(), begins.end());
    const time_point end = *std::max_element(ends.begin(), ends.end());
    return std::chrono::duration<double>(end - begin).count();
}

/// One thread's part. Returns: whether all results were right.
template <class Way>
bool submit_tasks(Way&& way, std::size_t) {
    const std::uint32_t count = tasks();
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i != count; ++i) sum += way.submit([i] { return i; });
    return sum == std::uint64_t{count} * (count - 1) / 2;
}

/// A thread's tasks that have not run yet. Static, because a task may still be in notify_one() when its thread goes on.
struct alignas(64) missing_count {
    std::atomic<std::uint32_t> value{0};
};
inline std::array<missing_count, callers.back()> missing_counts;

/// One thread's part: returns when all of its tasks have run.
template <class Way>
bool post_tasks(Way&& way, std::size_t thread) {
    std::atomic<std::uint32_t>& missing = missing_counts[thread].value;
    const std::uint32_t count = tasks();
    missing.store(count, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i != count; ++i) {
        way.post([&missing] {
            if (missing.fetch_sub(1, std::memory_order_acq_rel) == 1) missing.notify_one();
        });
    }
    way.finish();
    while (const std::uint32_t some = missing.load(std::memory_order_acquire)) missing.wait(some);
    return true;
}

/// Registers the four workloads. Way(workers) is made by each thread and has submit(task), which returns the task's
/// result, post(task), and finish(), which comes after a thread's last post.
template <class Way>
bool register_all(const char* runtime, unsigned workers) {
    const auto add = [=](const char* form, auto part) {
        for (const std::size_t count : callers) {
            const bench::registration one(
                form + std::to_string(count), runtime, workers, 2, [=](benchmark::State& state, unsigned size) {
                    typename Way::workers all(size);
                    for (auto _ : state) {
                        std::atomic<bool> is_right{true};
                        const double seconds = seconds_of(count, [&](std::size_t thread) {
                            if (!part(Way{all}, thread)) is_right = false;
                        });
                        if (!is_right) {
                            bench::fail(state);
                            break;
                        }
                        state.SetIterationTime(seconds / static_cast<double>(count * tasks()));
                    }
                });
        }
    };
    add("submit_", submit_tasks<Way>);
    add("post_", post_tasks<Way>);
    return true;
}

} // namespace workload
