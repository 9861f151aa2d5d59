// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// coarse_items: few items that take long, in a parallel loop on 2 workers, back to back. They cannot be cut, so n items
// take at least the time of ceil(n / 2). coarse_NxTus is called from main, coarse_nested_NxTus inside a task of a parallel
// region. The counter of_ideal is the fraction of the best possible speed.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <string>

namespace workload {

struct shape {
    unsigned items;
    std::chrono::microseconds each;

    std::string from_main() const { return "coarse_" + size(); }
    std::string nested() const { return "coarse_nested_" + size(); }
    double ideal_seconds(unsigned workers) const {
        return std::chrono::duration<double>(each).count() * ((items + workers - 1) / workers);
    }

private:
    std::string size() const { return std::to_string(items) + "x" + std::to_string(each.count()) + "us"; }
};

inline constexpr std::array<unsigned, 4> counts{2, 3, 8, 64};
inline constexpr std::array<std::chrono::microseconds, 2> lengths{std::chrono::microseconds(100),
                                                                  std::chrono::microseconds(1000)};

/// Times loop(items, body).
template <class Loop>
void measure_items(benchmark::State& state, const shape& shape, unsigned workers, Loop loop) {
    std::atomic<unsigned> done{0};
    const auto item = [&](unsigned) {
        bench::spin_for(shape.each);
        done.fetch_add(1, std::memory_order_relaxed);
    };
    loop(shape.items, item);
    done.store(0, std::memory_order_relaxed);
    const bench::clock::time_point start = bench::clock::now();
    for (auto _ : state) loop(shape.items, item);
    const double seconds = bench::seconds_since(start) / static_cast<double>(state.iterations());
    if (done.load() != shape.items * static_cast<unsigned>(state.iterations())) bench::fail(state);
    state.counters["of_ideal"] = shape.ideal_seconds(workers) / seconds;
}

/// Registers a variant for every shape: measure(state, shape, workers).
template <class Measure>
bool register_shapes(const char* runtime, std::string (shape::*name)() const, unsigned workers, Measure measure) {
    for (const std::chrono::microseconds each : lengths) {
        for (const unsigned items : counts) {
            const shape one{items, each};
            const bench::registration variant(
                (one.*name)(), runtime, workers,
                [=](benchmark::State& state, unsigned count) { measure(state, one, count); });
        }
    }
    return true;
}

} // namespace workload
