// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// granularity: loops of 1 … 10⁷ items of about 1 ns … 1 ms each, called from main one after the other. What does a loop
// cost that is too small to share, and what is left of the second worker where sharing pays? Cells with more than 0.2 s of
// work are left out; --quick takes every second row and column, and of those the cells of at most 1 ms. Work: n items.
// Span: one item.
#pragma once

#include "support/benchmark.hpp"
#include "support/chain.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace workload {

struct cell {
    std::size_t n;
    std::uint64_t body_ns;

    bool is_quick() const {
        const auto is_power_of_100 = [](std::uint64_t value) {
            while (value % 100 == 0) value /= 100;
            return value == 1;
        };
        return is_power_of_100(n) && is_power_of_100(body_ns) && n * body_ns <= 1'000'000;
    }
    std::uint32_t steps() const { return static_cast<std::uint32_t>(body_ns == 1 ? 0 : body_ns * 5 / 6); }
    std::string name() const {
        const std::string time = body_ns < 1'000       ? std::to_string(body_ns) + "ns"
                                 : body_ns < 1'000'000 ? std::to_string(body_ns / 1'000) + "us"
                                                       : std::to_string(body_ns / 1'000'000) + "ms";
        return "sweep_" + std::to_string(n) + "x" + time;
    }
};

inline std::vector<cell> cells() {
    std::vector<cell> all;
    for (std::uint64_t body_ns = 1; body_ns <= 1'000'000; body_ns *= 10) {
        for (std::size_t n = 1; n <= 10'000'000 && n * body_ns <= 200'000'000; n *= 10) all.push_back({n, body_ns});
    }
    return all;
}

/// Times loop(workers, n, body), and checks that each call has run each item once.
template <class Loop>
void measure_cell(benchmark::State& state, const cell& one, unsigned count, const Loop& loop) {
    std::vector<std::uint32_t> sums(one.n);
    const bench::chain_body add{sums.data(), one.steps()};
    typename Loop::workers workers(count);
    for (auto _ : state) {
        loop(workers, one.n, add);
        benchmark::ClobberMemory();
    }
    const auto calls = static_cast<std::uint32_t>(state.iterations());
    for (std::size_t i = 0; i < one.n; i += one.n > 1'000 && one.body_ns > 100 ? 97 : 1) {
        if (sums[i] == calls * bench::chain(static_cast<std::uint32_t>(i), one.steps())) continue;
        bench::fail(state);
        break;
    }
}

template <class Loop>
bool register_cells(const char* runtime, unsigned count, Loop loop) {
    for (const cell& one : cells()) {
        const bench::registration variant(
            one.name(), runtime, count,
            [one, loop](benchmark::State& state, unsigned workers) { measure_cell(state, one, workers, loop); },
            one.is_quick() ? bench::runs::all : bench::runs::unless_quick);
    }
    return true;
}

} // namespace workload
