// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user asked for.
#pragma once

#include "scoring.hpp"
#include "sequence.hpp"
#include "tiling.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wavefront {

struct settings {
    std::string first_file, second_file;
    std::optional<slice> first, second; // none: the whole file
    scoring costs;
    std::size_t tile = 0; // 0: chosen from the lengths
    unsigned workers = 0; // 0: as many as the process may use
    unsigned repeat = 1;  // runs of each variant
    bool only_check = false;
    bool help = false;
};

extern const std::string_view help_text;

/// Reads the arguments after the program's name.
/// Throws: support::input_error that names the argument.
settings parse_command_line(std::span<char* const> arguments);

/// Returns: how the matrix of the two sequences is cut into tiles.
/// Throws: support::input_error if there would be too many.
tiling choose_tiling(const settings& chosen, std::size_t first, std::size_t second);

} // namespace wavefront
