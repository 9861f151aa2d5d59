// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nested_loops: a parallel loop in a parallel loop, 2 · 10⁶ items of some 4 ns in all: from 2 × 10⁶ to 10⁶ × 2. Which of the
// two loops has to be shared depends on the sizes; does the program have to know? Work: n items. Span: one item.
#pragma once

#include "support/benchmark.hpp"
#include "support/chain.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace workload {

struct shape {
    std::size_t outer, inner;
    bench::runs when;
    std::string name() const { return "nested_" + std::to_string(outer) + "x" + std::to_string(inner); }
};
inline constexpr std::array<shape, 7> shapes{{{2, 1'000'000, bench::runs::all},
                                              {20, 100'000, bench::runs::unless_quick},
                                              {200, 10'000, bench::runs::all},
                                              {2'000, 1'000, bench::runs::unless_quick},
                                              {20'000, 100, bench::runs::all},
                                              {200'000, 10, bench::runs::unless_quick},
                                              {1'000'000, 2, bench::runs::all}}};

/// What the inner loop does: adds to the sum of (i, j).
struct body {
    std::uint32_t* sums;
    std::size_t inner;
    std::uint32_t steps = bench::unknown(3);
    void operator()(std::size_t i, std::size_t j) const {
        sums[i * inner + j] += bench::chain(static_cast<std::uint32_t>(i ^ j), steps);
    }
};

/// Times loops(workers, outer, inner, body), and checks that each call has run each item once.
template <class Loops>
void measure_loops(benchmark::State& state, const shape& shape, unsigned count, const Loops& loops) {
    std::vector<std::uint32_t> sums(shape.outer * shape.inner);
    const body add{sums.data(), shape.inner};
    typename Loops::workers workers(count);
    for (auto _ : state) {
        loops(workers, shape.outer, shape.inner, add);
        benchmark::ClobberMemory();
    }
    std::vector<std::uint32_t> once(sums.size());
    const body again{once.data(), shape.inner};
    const auto calls = static_cast<std::uint32_t>(state.iterations());
    for (std::size_t i = 0; i != shape.outer; ++i) {
        for (std::size_t j = 0; j != shape.inner; ++j) again(i, j);
    }
    for (std::size_t at = 0; at != sums.size(); ++at) {
        if (sums[at] == calls * once[at]) continue;
        bench::fail(state);
        break;
    }
}

template <class Loops>
bool register_loops(const char* runtime, unsigned count, Loops loops) {
    for (const shape& one : shapes) {
        const bench::registration variant(
            one.name(), runtime, count,
            [loops, one](benchmark::State& state, unsigned workers) { measure_loops(state, one, workers, loops); },
            one.when);
    }
    return true;
}

} // namespace workload
