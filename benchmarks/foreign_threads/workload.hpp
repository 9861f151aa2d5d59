// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// foreign_threads: four threads of the program, none of them a pool's, each call one loop of 1 000 items of some 4 ns after
// the other, for 50 ms. The time is that of one loop, of all that were run: half of the serial one is the best that two
// CPUs can do. The runtime plain is what the machine itself makes of it: four threads with plain loops. The counter
// slowest_of_mean: how many loops the slowest thread ran, in parts of the mean. Work: n items. Span: one item.
#pragma once

#include "support/benchmark.hpp"
#include "support/chain.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

namespace workload {

inline constexpr std::size_t items = 1'000, callers = 4;
inline constexpr std::uint32_t steps = 3;

using body = bench::chain_body;

/// A thread that calls loop(n, body) until it is stopped.
class caller {
public:
    template <class Loop>
    void run(const Loop& loop, std::latch& all_ready, const std::atomic<bool>& is_over) {
        const body add{sums_.data(), bench::unknown(steps)};
        loop(items, add); // starts what has to be started
        all_ready.arrive_and_wait();
        const bench::clock::time_point start = bench::clock::now();
        do {
            loop(items, add);
            ++calls_;
        } while (!is_over.load(std::memory_order_relaxed));
        seconds_ = bench::seconds_since(start);
    }
    double loops_per_second() const { return calls_ / seconds_; }
    bool is_right() const {
        for (std::size_t i = 0; i != items; ++i) {
            const std::uint32_t once = bench::chain(static_cast<std::uint32_t>(i), steps);
            if (sums_[i] != (calls_ + 1) * once) return false;
        }
        return true;
    }

private:
    alignas(64) std::array<std::uint32_t, items> sums_{};
    std::uint32_t calls_ = 0;
    double seconds_ = 0;
};

/// Measures `count` callers of loop(n, body).
template <class Loop>
void measure_callers(benchmark::State& state, std::size_t count, const Loop& loop) {
    double worst = 1;
    for (auto _ : state) {
        std::vector<caller> all(count);
        std::vector<std::thread> running;
        std::latch all_ready(static_cast<std::ptrdiff_t>(count) + 1);
        std::atomic<bool> is_over{false};
        for (caller& one : all) running.emplace_back([&] { one.run(loop, all_ready, is_over); });
        all_ready.arrive_and_wait();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        is_over.store(true, std::memory_order_relaxed);
        for (std::thread& thread : running) thread.join();

        double sum = 0, least = all[0].loops_per_second();
        for (const caller& one : all) {
            if (!one.is_right()) bench::fail(state);
            sum += one.loops_per_second();
            least = std::min(least, one.loops_per_second());
        }
        worst = std::min(worst, least / sum * static_cast<double>(count));
        state.SetIterationTime(1 / sum);
    }
    state.counters["slowest_of_mean"] = worst;
}

/// Registers measure(state, workers), which calls measure_callers().
inline bool register_callers(const char* runtime, unsigned workers, bench::registration::body measure) {
    const bench::registration one("foreign_threads", runtime, workers, 2, std::move(measure));
    return true;
}

} // namespace workload
