// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user asked for.
#pragma once

#include "scene.hpp"
#include "station.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sensor_pipeline {

struct settings {
    std::string recording;
    std::string to_generate; // this one instead, if not empty
    scene_settings scene;
    processing processed;
    unsigned workers = 0;     // 0: as many as the process may use
    std::size_t tokens = 0;   // 0: chosen from the workers
    unsigned deadline_ms = 0; // 0: none
    bool only_check = false;
    bool list = false;
    bool help = false;
};

extern const std::string_view help_text;

/// Reads the arguments after the program's name.
/// Throws: support::input_error that names the argument.
settings parse_command_line(std::span<char* const> arguments);

} // namespace sensor_pipeline
