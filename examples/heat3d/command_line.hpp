// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace heat3d {

struct settings {
    std::size_t n = 192;
    std::uint64_t steps = 100;
    unsigned workers = 0; // 0: as many as the process may use
    std::string slice;    // empty: none
    bool only_check = false;
    bool help = false;
};

extern const std::string_view help_text;

/// Reads the arguments after the program's name.
/// Throws: input_error that names the argument.
settings parse_command_line(std::span<char* const> arguments);

} // namespace heat3d
