// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stream: y += a x (saxpy) and a = b + s c (triad) over arrays that fill the L1 cache, the L2 cache, or memory, with one
// worker: does the body run as fast inside a parallel loop as in a plain one? stream_triad: the triad of McCalpin's STREAM
// in memory, with each number of workers, pages first written by the loop that is measured: how much of the memory's
// bandwidth is used? pel_replay, tbb_affinity and the static ones keep items with the threads that wrote their pages, which on
// machines of several nodes are near. The counter GB_per_s counts three doubles an item, as STREAM does. Work: n items.
// Span: one item.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
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

/// Memory that all variants get, one after the other: which pages of the machine an array has, and how large they are, is
/// no matter of a loop with one worker.
inline double* common_memory(std::size_t doubles) {
    static std::vector<double> memory;
    if (memory.size() < doubles) memory = std::vector<double>(doubles);
    return memory.data();
}

/// Arrays of n doubles whose starts are spread over a page: a load that is a few bytes behind a store of another array,
/// modulo 4 KiB, waits for it, and where an allocator puts arrays is no matter of the loop.
class arrays {
public:
    enum class memory { common, untouched };

    arrays(std::size_t count, std::size_t n, memory from)
        : stride_((n + page - 1) / page * page + page / count / 8 * 8),
          own_(from == memory::common ? nullptr : std::make_unique_for_overwrite<double[]>(room(count))) {
        void* start = own_ ? own_.get() : common_memory(room(count));
        std::size_t bytes = room(count) * sizeof(double);
        first_ = static_cast<double*>(std::align(64, count * stride_ * sizeof(double), start, bytes));
    }
    /// Not yet written, unless from common memory.
    double* at(std::size_t which) const { return first_ + which * stride_; }
    double* fill(std::size_t which, std::size_t n, double value) const {
        std::fill_n(at(which), n, value);
        return at(which);
    }

private:
    static constexpr std::size_t page = 4096 / sizeof(double);

    std::size_t room(std::size_t count) const { return count * stride_ + 8; }

    std::size_t stride_;
    std::unique_ptr<double[]> own_;
    double* first_;
};

/// Times loop(n, body), body(i) being one element.
template <class Loop>
void measure_saxpy(benchmark::State& state, std::size_t n, Loop loop) {
    const arrays all(2, n, arrays::memory::common);
    double *x = all.fill(0, n, 0.5), *y = all.fill(1, n, 1);
    double a = 2;
    bench::hide(a);
    for (auto _ : state) {
        loop(n, [=](std::size_t i) { y[i] += a * x[i]; });
        benchmark::ClobberMemory();
    }
    const double expected = 1 + static_cast<double>(state.iterations());
    if (!std::all_of(y, y + n, [=](double one) { return !(one < expected) && !(one > expected); })) {
        bench::fail(state);
    }
}

template <class Loop>
void measure_triad(benchmark::State& state, std::size_t n, Loop loop) {
    const arrays all(3, n, arrays::memory::common);
    double *a = all.fill(0, n, 0), *b = all.fill(1, n, 1), *c = all.fill(2, n, 0.5);
    double s = 3;
    bench::hide(s);
    for (auto _ : state) {
        loop(n, [=](std::size_t i) { a[i] = b[i] + s * c[i]; });
        benchmark::ClobberMemory();
    }
    if (!std::all_of(a, a + n, [](double one) { return !(one < 2.5) && !(one > 2.5); })) bench::fail(state);
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

/// Times loop(workers, n, body) over arrays that it has written first.
template <class Loop>
void measure_stream(benchmark::State& state, unsigned count, const Loop& loop) {
    const std::size_t n = levels.back().size(3);
    const arrays all(3, n, arrays::memory::untouched);
    double *a = all.at(0), *b = all.at(1), *c = all.at(2), s = 3;
    bench::hide(s);
    typename Loop::workers workers(count);
    loop(workers, n, [=](std::size_t i) {
        a[i] = 0;
        b[i] = 1;
        c[i] = 0.5;
    });
    const bench::clock::time_point start = bench::clock::now();
    for (auto _ : state) {
        loop(workers, n, [=](std::size_t i) { a[i] = b[i] + s * c[i]; });
        benchmark::ClobberMemory();
    }
    const double bytes = static_cast<double>(3 * sizeof(double) * n) * static_cast<double>(state.iterations());
    state.counters["GB_per_s"] = bytes / bench::seconds_since(start) / 1e9;
    if (!std::all_of(a, a + n, [](double one) { return !(one < 2.5) && !(one > 2.5); })) bench::fail(state);
}

template <class Loop>
bool register_stream(const char* runtime, unsigned counts, const Loop& loop) {
    const bench::registration one("stream_triad", runtime, counts, [loop](benchmark::State& state, unsigned count) {
        measure_stream(state, count, loop);
    });
    return true;
}

} // namespace workload
