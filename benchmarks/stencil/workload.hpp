// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stencil: thousands of short steps of heat conduction (Jacobi, five points) on a grid that fits the L2 cache, and a few
// long ones on a grid in memory. One item is a row, so a step of the small grid is some 10 µs of work. Work: O(steps ·
// rows · columns). Span: O(steps · columns).
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace workload {

struct grid_size {
    const char* name;
    std::size_t rows, columns;
    std::uint64_t steps, quick_steps;
};
inline constexpr std::array<grid_size, 2> grids{
    {{"stencil_l2", 160, 192, 5'000, 500}, {"stencil_memory", 4096, 2048, 20, 4}}};

/// Two grids that take turns, with a border of one that stays as it is.
class plate {
public:
    explicit plate(const grid_size& size) : size_(size), steps_(bench::size(size.steps, size.quick_steps)) { heat(); }

    std::size_t rows() const { return size_.rows; }
    std::uint64_t steps() const { return steps_; }

    void heat() {
        for (std::vector<float>& grid : grids_) {
            grid.assign((size_.rows + 2) * width(), 0);
            for (std::size_t at = 0; at != width(); ++at) grid[at] = 1;
        }
    }
    /// One row, counted from 0, of one step.
    void update(std::uint64_t step, std::size_t row) {
        const float* from = grids_[step % 2].data() + (row + 1) * width() + 1;
        float* to = grids_[1 - step % 2].data() + (row + 1) * width() + 1;
        const auto next = static_cast<std::ptrdiff_t>(width());
        for (std::ptrdiff_t at = 0; at != static_cast<std::ptrdiff_t>(size_.columns); ++at)
            to[at] = 0.25F * (from[at - 1] + from[at + 1] + from[at - next] + from[at + next]);
    }
    /// Order does not matter within a step, so the bits are the same however it was shared.
    std::uint64_t checksum() const {
        std::uint64_t sum = 0;
        for (const float one : grids_[steps_ % 2])
            sum = sum * 1'099'511'628'211ULL + static_cast<std::uint64_t>(one * 1e6F);
        return sum;
    }

private:
    std::size_t width() const { return size_.columns + 2; }

    const grid_size& size_;
    const std::uint64_t steps_;
    std::array<std::vector<float>, 2> grids_;
};

/// What the plain loops make of it.
std::uint64_t answer(const grid_size& size);

/// Registers both grids for conduct(plate), which does all steps, inside Workers(count).run().
template <class Workers, class Conduct>
bool register_grids(const char* runtime, unsigned counts, Conduct conduct) {
    for (const grid_size& size : grids) {
        const bench::registration one(size.name, runtime, counts,
                                      [runtime, conduct, &size](benchmark::State& state, unsigned count) {
                                          const std::uint64_t expected = answer(size);
                                          plate heated(size);
                                          Workers workers(count);
                                          for (auto _ : state) {
                                              state.PauseTiming();
                                              heated.heat();
                                              state.ResumeTiming();
                                              workers.run([&] { conduct(workers, heated); });
                                              state.PauseTiming();
                                              const bool is_right = heated.checksum() == expected;
                                              state.ResumeTiming();
                                              if (is_right) continue;
                                              bench::fail(state);
                                              break;
                                          }
                                      });
    }
    return true;
}

} // namespace workload
