// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mandelbrot: a picture of the set, of 1024 × 1024 pixels. One item is a row: those near the middle take longest, as most of
// their pixels take all 256 steps. The runtime pel_md has a pixel as its item, in tiles. Work: O(pixels · steps). Span: a
// row.
#pragma once

#include "support/benchmark.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace workload {

inline constexpr unsigned most_steps = 256;

class picture {
public:
    explicit picture(std::size_t size) : size_(size), scale_(3.0 / static_cast<double>(size)), pixels_(size * size) {}

    std::size_t size() const { return size_; }

    void draw(std::size_t row) {
        for (std::size_t column = 0; column != size_; ++column) draw(row, column);
    }
    void draw(std::size_t row, std::size_t column) {
        const double re = scale_ * static_cast<double>(column) - 2.25, im = scale_ * static_cast<double>(row) - 1.5;
        double x = 0, y = 0;
        unsigned step = 0;
        for (; step != most_steps && x * x + y * y <= 4; ++step) {
            const double next = x * x - y * y + re;
            y = 2 * x * y + im;
            x = next;
        }
        pixels_[row * size_ + column] += static_cast<std::uint16_t>(step);
    }
    /// Returns: whether it is what `times` drawings make of `once`.
    bool is_sum_of(const picture& once, std::uint64_t times) const {
        for (std::size_t at = 0; at != pixels_.size(); ++at) {
            if (pixels_[at] != static_cast<std::uint16_t>(once.pixels_[at] * times)) return false;
        }
        return true;
    }

private:
    std::size_t size_;
    double scale_;
    std::vector<std::uint16_t> pixels_; ///< each drawing adds to them, modulo 2^16
};

/// Drawn by the plain loop.
const picture& answer();

/// What a loop does over rows, or over pixels.
struct body {
    picture* canvas;
    void operator()(std::size_t row) const { canvas->draw(row); }
    void operator()(std::size_t row, std::size_t column) const { canvas->draw(row, column); }
};

/// Times loop(workers, rows, body).
template <class Loop>
void measure_loop(benchmark::State& state, unsigned count, const Loop& loop) {
    picture canvas(answer().size());
    typename Loop::workers workers(count);
    for (auto _ : state) {
        loop(workers, canvas.size(), body{&canvas});
        benchmark::ClobberMemory();
    }
    if (!canvas.is_sum_of(answer(), static_cast<std::uint64_t>(state.iterations()))) bench::fail(state);
}

template <class Loop>
bool register_loop(const char* runtime, unsigned counts, Loop loop) {
    const bench::registration one("mandelbrot", runtime, counts, [loop](benchmark::State& state, unsigned count) {
        measure_loop(state, count, loop);
    });
    return true;
}

} // namespace workload
