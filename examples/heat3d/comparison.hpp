// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the same steps with all workers, with one, and with plain loops, and checks that all are right and the same.
#pragma once

#include "command_line.hpp"
#include "cube.hpp"
#include "picture.hpp"
#include "placement.hpp"

#include <pel/thread_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace heat3d {

/// What is known of all runs together.
struct findings {
    unsigned workers = 0;
    deviation worst;
    double rounding_bound = 0, discretisation_bound = 0;
    std::uint64_t fingerprint = 0;
    phase_seconds plain, with_one, with_all; // the best of some rounds; with_one is not set for 1 worker
    placement_summary placement;             // of the first run with all workers
    pel::pool_stats stats;                   // likewise
    std::vector<std::string> tiers;          // of its steals, near before far
    std::optional<picture> drawn;            // if one is wanted
};

/// Throws: input_error if a cube of that size is larger than the memory.
void expect_memory(std::size_t n);

/// Throws: wrong_result.
findings run_all(const settings& chosen, bool draw);

} // namespace heat3d
