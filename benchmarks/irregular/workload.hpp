// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// irregular: loops whose items take different times, some 30 ms in all. pareto: 100 000 items of 40 ns … 1 ms; the few long
// ones may be anywhere. triangular: 20 000 items that take longer and longer, the last one 3 µs. Work: the sum of the
// items. Span: the longest item.
#pragma once

#include "support/benchmark.hpp"
#include "support/chain.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace workload {

/// The numbers of steps of all items.
using lengths = std::vector<std::uint32_t>;

inline lengths pareto() {
    constexpr double shape = 1.1, least = 34, most = 830'000;
    std::mt19937_64 random(1);
    lengths all(bench::size(100'000, 20'000));
    for (std::uint32_t& steps : all) {
        const double part = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; // in (0, 1)
        steps = static_cast<std::uint32_t>(std::min(least * std::pow(part, -1 / shape), most));
    }
    return all;
}

inline lengths triangular() {
    lengths all(bench::size(20'000, 5'000));
    for (std::size_t i = 0; i != all.size(); ++i) all[i] = static_cast<std::uint32_t>(i / 8);
    return all;
}

/// What every loop does: adds to the i-th sum.
struct body {
    std::uint32_t* sums;
    const std::uint32_t* steps;
    void operator()(std::size_t i) const { sums[i] += bench::chain(static_cast<std::uint32_t>(i), steps[i]); }
};

/// Times loop(workers, n, body), and checks that each call has run each item once.
template <class Loop>
void measure_loop(benchmark::State& state, const lengths& steps, unsigned count, const Loop& loop) {
    std::vector<std::uint32_t> sums(steps.size());
    const body add{sums.data(), steps.data()};
    typename Loop::workers workers(count);
    for (auto _ : state) {
        loop(workers, steps.size(), add);
        benchmark::ClobberMemory();
    }
    const auto calls = static_cast<std::uint32_t>(state.iterations());
    for (std::size_t i = 0; i != steps.size(); ++i) {
        if (sums[i] == calls * bench::chain(static_cast<std::uint32_t>(i), steps[i])) continue;
        bench::fail(state);
        break;
    }
}

template <class Loop>
bool register_loops(const char* runtime, unsigned counts, Loop loop) {
    const auto add = [=](const char* workload, lengths (*steps)()) {
        const bench::registration one(workload, runtime, counts, [=](benchmark::State& state, unsigned count) {
            measure_loop(state, steps(), count, loop);
        });
    };
    add("pareto", pareto);
    add("triangular", triangular);
    return true;
}

} // namespace workload
