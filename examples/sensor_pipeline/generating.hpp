// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a recording of a simulated scene, as a recorder would: frames in the order in which they arrive, some late,
// some damaged, some never.
#pragma once

#include "scene.hpp"

#include <pel/thread_pool.hpp>

#include <cstdint>
#include <string>

namespace sensor_pipeline {

struct generated {
    std::uint64_t frames = 0, bytes = 0;
    std::uint64_t lost = 0, damaged = 0, delayed = 0;
};

/// The file is the same for any number of workers.
/// Throws: support::input_error if it cannot be made; std::system_error if it cannot be written.
generated generate(const std::string& path, const scene_settings& chosen, pel::thread_pool& pool);

} // namespace sensor_pipeline
