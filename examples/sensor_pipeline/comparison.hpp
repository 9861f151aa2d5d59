// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the pipeline with all workers and with one, and the same stages in a plain loop, and checks that all find the
// same.
#pragma once

#include "command_line.hpp"
#include "findings.hpp"

#include <cstddef>

namespace sensor_pipeline {

/// What is known of all runs together.
struct outcome {
    layout form;
    findings found;
    unsigned workers = 0;
    std::size_t tokens = 0;
    // Seconds are the best of some rounds, all else is of the last one. With --check and --rate there is only with_all.
    timing with_all, with_one, plain;
};

/// Throws: support::input_error, wrong_result.
outcome run_all(const settings& chosen);

} // namespace sensor_pipeline
