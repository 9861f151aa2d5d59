// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// spawn_get: a task is spawned and its result asked for, by a thread that is no worker, and by one of the runtime's own
// threads (_on_worker). spawn_get_1: one and its future; spawn_get_64: 64 of them, and then all results; pel: coroutines,
// pel_function: functions. Boost: fibers of one thread. spawn_wait_1, spawn_wait_64: the caller does not go on until all
// have run, so that their results may lie on its stack; pel: sync_wait() of a coroutine, and of 64 with when_all(). The time
// is that of all. Tasks only return a number. OpenMP is left out: its tasks have no result, and come from inside a team.
// serial: calls.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <semaphore>
#include <string>
#include <utility>

namespace workload {

/// What a task returns.
inline std::uint32_t value_of(std::uint32_t task) { return task + 1; }
inline constexpr std::uint64_t sum_of(std::size_t tasks) { return tasks * (tasks + 1) / 2; }

/// A task is spawn(number), whose get() is its value.
template <std::size_t Count, class Spawn>
std::uint64_t get_all(const Spawn& spawn) {
    std::array<decltype(spawn(0u)), Count> spawned;
    for (std::uint32_t i = 0; i != Count; ++i) spawned[i] = spawn(i);
    std::uint64_t sum = 0;
    for (auto& each : spawned) sum += each.get();
    return sum;
}

/// Calls way.run<Count>(), which spawns so many and adds up what they return, for some time. Returns: seconds per call;
/// 0 if a sum was wrong.
template <std::size_t Count, class Way>
double seconds_per_call(Way& way, std::chrono::milliseconds length) {
    constexpr int calls_at_once = Count == 1 ? 64 : 1;
    const bench::clock::time_point start = bench::clock::now(), end = start + length;
    bool is_right = true;
    int calls = 0;
    do {
        for (int i = 0; i != calls_at_once; ++i) is_right &= way.template run<Count>() == sum_of(Count);
        calls += calls_at_once;
    } while (bench::clock::now() < end);
    return is_right ? bench::seconds_since(start) / calls : 0;
}

template <std::size_t Count, class Way>
void measure(benchmark::State& state, Way& way) {
    (void)seconds_per_call<Count>(way, std::chrono::milliseconds(1)); // starts what has to be started
    for (auto _ : state) {
        const double seconds = seconds_per_call<Count>(way, std::chrono::milliseconds(bench::is_quick() ? 5 : 20));
        state.SetIterationTime(seconds);
        if (seconds == 0) {
            bench::fail(state);
            break;
        }
    }
}

/// Registers a runtime as `name`. `form`: "spawn_get_" or "spawn_wait_".
inline void add(const char* form, std::size_t count, const char* where, const char* name, unsigned counts,
                bench::registration::body run) {
    const bench::registration one(form + std::to_string(count) + where, name, counts, 3, std::move(run));
}

template <class Way, std::size_t Count>
void register_outside(const char* form, const char* name, unsigned counts) {
    add(form, Count, "", name, counts, [](benchmark::State& state, unsigned count) {
        typename Way::workers workers(count);
        Way way{workers};
        measure<Count>(state, way);
    });
}
/// The same on one of the runtime's own threads: way.post(f) has f run there.
template <class Way, std::size_t Count>
void register_on_worker(const char* form, const char* name, unsigned counts) {
    add(form, Count, "_on_worker", name, counts, [](benchmark::State& state, unsigned count) {
        typename Way::workers workers(count);
        Way way{workers};
        std::binary_semaphore is_over(0);
        way.post([&] {
            measure<Count>(state, way);
            is_over.release();
        });
        is_over.acquire();
    });
}

template <class Way>
bool register_all_outside(const char* form, const char* name, unsigned counts) {
    register_outside<Way, 1>(form, name, counts);
    register_outside<Way, 64>(form, name, counts);
    return true;
}
template <class Way>
bool register_all_on_worker(const char* form, const char* name, unsigned counts) {
    register_on_worker<Way, 1>(form, name, counts);
    register_on_worker<Way, 64>(form, name, counts);
    return true;
}

} // namespace workload
