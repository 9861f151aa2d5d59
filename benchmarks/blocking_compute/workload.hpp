// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// blocking_compute: tasks of some 50 µs keep two workers busy; then two more tasks come that sleep for a second, in
// pel::blocking. How much is computed meanwhile? The time is that of a task of those, while others sleep. Counters:
// of_undisturbed, the throughput in parts of that without sleepers, right before and after; worst_threads, a pool's
// most threads at once; worst_of_bound, in parts of what it promises (4 × seats + 16). blocking_many: 64 such tasks,
// more than the pool may have threads: for the bound; who sleeps in all threads leaves none to compute. tbb: the tasks
// just sleep; tbb_arena: in an arena of their own, with two threads more. plain: two threads that compute, two that sleep.
// OpenMP is left out: nothing can be sent to a team.
#pragma once

#include "support/benchmark.hpp"
#include "support/chain.hpp"
#include "support/memory.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <semaphore>
#include <thread>

namespace workload {

inline constexpr unsigned workers = 2, many = 64;

using milliseconds = std::chrono::milliseconds;
/// How long a task sleeps.
inline milliseconds sleep_time() { return milliseconds(bench::size(1'000, 100)); }

/// What is computed again and again, on all workers, until it is over.
class computing {
public:
    /// Returns: whether it goes on.
    bool run_one() {
        constexpr std::uint32_t steps = 40'000;
        static const std::uint32_t expected = bench::chain(1, steps);
        if (bench::chain(1, bench::unknown(steps)) != expected) is_right_.store(false, std::memory_order_relaxed);
        done_.fetch_add(1, std::memory_order_relaxed);
        return !is_over_.load(std::memory_order_relaxed);
    }
    /// Returns: tasks per second meanwhile.
    template <class Wait>
    double speed_during(const Wait& wait) const {
        const std::uint64_t before = done_.load(std::memory_order_relaxed);
        const bench::clock::time_point start = bench::clock::now();
        wait();
        const std::uint64_t done = done_.load(std::memory_order_relaxed) - before;
        return static_cast<double>(done) / bench::seconds_since(start);
    }
    void end() { is_over_.store(true, std::memory_order_relaxed); }
    bool is_right() const { return is_right_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> done_{0};
    std::atomic<bool> is_over_{false}, is_right_{true};
};

/// Sleepers that say when they begin and end.
class sleepers {
public:
    void sleep() {
        begun_.release();
        std::this_thread::sleep_for(sleep_time());
        ended_.release();
    }
    void await_first() { begun_.acquire(); }
    void await_end_of(unsigned count) {
        for (; count != 0; --count) ended_.acquire();
    }

private:
    std::counting_semaphore<> begun_{0}, ended_{0};
};

struct outcome {
    double undisturbed = 0, disturbed = 0; ///< tasks per second
    std::int64_t threads = 0;
};

/// Way(count) starts the runtime and has repeat(f), which has f run on all workers, as a task each time, until it returns
/// false; block(f), which has f run as a task that sleeps; its destructor waits for all.
template <class Way>
outcome watch(computing& all, unsigned blocked) {
    using namespace std::chrono_literals;
    outcome found;
    const std::int64_t threads_before = bench::thread_count();
    sleepers asleep;
    Way way(workers);
    way.repeat([&all] { return all.run_one(); });
    std::this_thread::sleep_for(10ms);

    const auto undisturbed = [&] {
        return all.speed_during([] { std::this_thread::sleep_for(sleep_time() / (bench::is_quick() ? 4 : 2)); });
    };
    found.undisturbed = undisturbed() / 2;
    for (unsigned i = 0; i != blocked; ++i) way.block([&asleep] { asleep.sleep(); });
    asleep.await_first();
    found.disturbed = all.speed_during([&] {
        for (int part = 0; part != 18; ++part) {
            std::this_thread::sleep_for(sleep_time() / 20);
            found.threads = std::max(found.threads, bench::thread_count() - threads_before);
        }
    });
    asleep.await_end_of(blocked);
    found.undisturbed += undisturbed() / 2;
    all.end();
    return found;
}

template <class Way>
void measure(benchmark::State& state, unsigned blocked) {
    for (auto _ : state) {
        computing all;
        const outcome found = watch<Way>(all, blocked);
        state.SetIterationTime(1 / std::max(found.disturbed, 1.0));
        state.counters["of_undisturbed"] = found.disturbed / found.undisturbed;
        if (Way::bound != 0) {
            state.counters["worst_threads"] = static_cast<double>(found.threads);
            state.counters["worst_of_bound"] = static_cast<double>(found.threads) / static_cast<double>(Way::bound);
        }
        if (!all.is_right()) {
            bench::fail(state);
            break;
        }
    }
}

template <class Way>
bool add(const char* name, const char* runtime, unsigned blocked) {
    const bench::registration one(name, runtime, workers, 1,
                                  [=](benchmark::State& state, unsigned) { measure<Way>(state, blocked); });
    return true;
}

} // namespace workload
