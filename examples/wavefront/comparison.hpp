// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the task graph with all workers and with one, and the same tiles in plain loops, and checks that all find the
// same.
#pragma once

#include "alignment.hpp"
#include "command_line.hpp"
#include "problem.hpp"
#include "traceback.hpp"

#include <optional>

namespace wavefront {

/// What is known of all runs together. Seconds: the best of some runs.
struct findings {
    local_end end;
    std::optional<traced> found; // none if no two bases are equal
    unsigned workers = 0;
    double building = 0; // the graph
    double with_all = 0, with_one = 0, plain = 0;
    double tracing = 0;
};

/// Reads the files. Throws: support::input_error.
problem read_problem(const settings& chosen);

/// Throws: wrong_result.
findings run_all(const problem& of, const settings& chosen);

} // namespace wavefront
