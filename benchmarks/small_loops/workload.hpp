// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// small_loops: a parallel loop over so few items that sharing them cannot pay: what does it cost above the plain loop, and
// does it wake a thread? small_loop_N is called from main, small_loop_N_on_worker inside a parallel region.
#pragma once

#include "support/benchmark.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace workload {

inline constexpr std::array<unsigned, 4> sizes{1, 4, 16, 64};

inline std::string from_main(unsigned n) { return "small_loop_" + std::to_string(n); }
inline std::string on_worker(unsigned n) { return from_main(n) + "_on_worker"; }

/// What the loop adds to, in each call one to each of the first n.
struct counts {
    std::array<std::uint32_t, sizes.back()> values{};

    /// Whether `calls` loops over n items have run.
    bool has_all(unsigned n, benchmark::IterationCount calls) const {
        for (unsigned i = 0; i != values.size(); ++i) {
            if (values[i] != (i < n ? static_cast<std::uint32_t>(calls) : 0)) return false;
        }
        return true;
    }
};

/// Times loop(values, n).
template <class Loop>
void measure_loop(benchmark::State& state, unsigned n, Loop loop) {
    counts all;
    std::uint32_t* values = all.values.data();
    for (auto _ : state) {
        bench::hide(values);
        bench::hide(n);
        loop(values, n);
        benchmark::ClobberMemory();
    }
    if (!all.has_all(n, state.iterations())) bench::fail(state);
}

/// Registers a variant for every size: measure(state, n, workers).
template <class Measure>
bool register_sizes(const char* runtime, std::string (*name)(unsigned), unsigned workers, Measure measure) {
    for (const unsigned n : sizes) {
        const bench::registration one(name(n), runtime, workers,
                                      [=](benchmark::State& state, unsigned count) { measure(state, n, count); });
    }
    return true;
}

} // namespace workload
