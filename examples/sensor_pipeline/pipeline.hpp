// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ways to run a station: as a pipeline, and as a plain loop.
#pragma once

#include "station.hpp"

#include <pel/thread_pool.hpp>

#include <cstddef>

namespace sensor_pipeline {

/// With at most `tokens` frames at once.
/// Throws: support::input_error.
/// Complexity: work that of all frames; span that of reading them, which may have to inflate the file.
void run_pipeline(station& at, pel::thread_pool& pool, std::size_t tokens);

/// One frame after the other. Throws: support::input_error.
void run_plainly(station& at);

} // namespace sensor_pipeline
