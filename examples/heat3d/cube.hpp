// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The computation: a cube of temperatures, its first values and its steps, all phases of one pel::parallel_phases().
//   phase 0        what rows are made of; touches no grid, as only after it threads have shares that they keep
//   phase 1        waits a moment until all threads have come to take theirs
//   phase 2        the first write of both grids, so that pages come to the nodes of those who will work on them
//   some phases    streaming from one grid to the other, to see how fast this memory is for these threads
//   the others     the steps
#pragma once

#include "exact_solution.hpp"
#include "gathering.hpp"
#include "grid.hpp"
#include "placement.hpp"
#include "progress.hpp"

#include <pel/memory/numa_vector.hpp>
#include <pel/thread_pool.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heat3d {

/// What a run is to do.
struct plan {
    std::uint64_t steps;
    std::uint64_t streams; // phases that measure the memory; may be 0
};

/// In one phase, on average. 0: there was none.
struct phase_seconds {
    double stream = 0, step = 0;
};

/// How far temperatures are from what they have to be, at most. Infinite where one is not a number.
struct deviation {
    double from_scheme = 0, from_equation = 0;
};

class cube {
public:
    explicit cube(const exact_solution& exact, std::size_t n, const plan& chosen);

    /// With the pool's workers. Called once.
    void run(pel::thread_pool& pool, progress_line& progress);
    /// The same with plain loops, on the calling thread, without streaming. Called once, in place of run().
    void run_plainly(progress_line& progress);

    field temperatures() const { return grids_[plan_.steps % 2].view(); }
    phase_seconds seconds() const { return seconds_; }
    /// Requires: run().
    placement_summary placement() const;

    /// Complexity: work O(n^3), span O(n + log n), as the next.
    deviation measure_deviation(pel::thread_pool& pool) const;
    /// Returns: a sum over the temperatures' bits that two results share only if they are the same.
    std::uint64_t fingerprint(pel::thread_pool& pool) const;

private:
    using clock = std::chrono::steady_clock;
    enum boundary : std::size_t { first_stream, first_step, boundaries };

    void run_strip(std::uint64_t phase, std::size_t at, gathering& threads, progress_line& progress);
    void prepare(const strip& where);
    void write_first(const strip& where);
    void write_cold(std::ptrdiff_t z, std::ptrdiff_t y);
    clock::time_point begin_of(boundary which) const;

    const exact_solution& exact_;
    const std::size_t n_;
    const plan plan_;
    const strips strips_;
    std::array<grid, 2> grids_;
    pel::numa_vector<mode_factors> rows_; // z × y
    placement_log placement_;
    std::array<std::vector<clock::time_point>, boundaries> begins_; // of each strip, as nobody sees a phase begin
    phase_seconds seconds_;
};

} // namespace heat3d
