// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user asked for.
#pragma once

#include "workers.hpp"

#include <span>
#include <string>
#include <string_view>

namespace pel_topology {

struct settings {
    std::string svg;       // file to write; empty: none
    std::string xml;       // file to read
    std::string synthetic; // text to read; both empty: this system
    pool_wishes pool;
    bool is_synthetic = false;
    bool is_xml = false;
    bool help = false;
};

extern const std::string_view help_text;

/// Reads the arguments after the program's name.
/// Throws: support::input_error that names the argument.
settings parse_command_line(std::span<char* const> arguments);

} // namespace pel_topology
