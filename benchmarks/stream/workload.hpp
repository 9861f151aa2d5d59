// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stream: y += a x (saxpy) and a = b + s c (triad) over arrays that fill the L1 cache, the L2 cache, or memory, with one
// worker: does the body run as fast inside a parallel loop as in a plain one?
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace workload {

struct level {
    const char* name;
    std::size_t bytes;
    std::size_t quick_bytes;

    std::size_t size(std::size_t arrays) const { return bench::size(bytes, quick_bytes) / arrays / sizeof(double); }
};
inline constexpr std::array<level, 3> levels{
    {{"l1", 24u << 10, 24u << 10}, {"l2", 384u << 10, 384u << 10}, {"memory", 192u << 20, 96u << 20}}};

/// Times loop(n, body), body(i) being one element.
template <class Loop>
void measure_saxpy(benchmark::State& state, std::size_t n, Loop loop) {
    std::vector<double> xs(n, 0.5), ys(n, 1);
    double a = 2;
    double *x = xs.data(), *y = ys.data();
    bench::hide(a);
    for (auto _ : state) {
        loop(n, [=](std::size_t i) { y[i] += a * x[i]; });
        benchmark::ClobberMemory();
    }
    const double expected = 1 + static_cast<double>(state.iterations());
    if (!std::all_of(ys.begin(), ys.end(), [=](double one) { return !(one < expected) && !(one > expected); })) {
        bench::fail(state);
    }
}

template <class Loop>
void measure_triad(benchmark::State& state, std::size_t n, Loop loop) {
    std::vector<double> as(n), bs(n, 1), cs(n, 0.5);
    double s = 3;
    double *a = as.data(), *b = bs.data(), *c = cs.data();
    bench::hide(s);
    for (auto _ : state) {
        loop(n, [=](std::size_t i) { a[i] = b[i] + s * c[i]; });
        benchmark::ClobberMemory();
    }
    if (!std::all_of(as.begin(), as.end(), [](double one) { return !(one < 2.5) && !(one > 2.5); })) bench::fail(state);
}

/// Registers both kernels at all levels, for loop(n, body) inside Workers(1).run().
template <class Workers, class Loop>
bool register_levels(const char* runtime, Loop loop) {
    for (const level& one : levels) {
        const bench::registration saxpy(std::string("saxpy_") + one.name, runtime, 1,
                                        [=, &one](benchmark::State& state, unsigned workers) {
                                            Workers threads(workers);
                                            threads.run([&] { measure_saxpy(state, one.size(2), loop); });
                                        });
        const bench::registration triad(std::string("triad_") + one.name, runtime, 1,
                                        [=, &one](benchmark::State& state, unsigned workers) {
                                            Workers threads(workers);
                                            threads.run([&] { measure_triad(state, one.size(3), loop); });
                                        });
    }
    return true;
}

} // namespace workload
