// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user asked for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kmer_count {

struct settings {
    unsigned k = 21;
    unsigned workers = 0; // 0: as many as the process may use
    std::size_t top = 20;
    bool show_top = true;
    bool show_histogram = false;
    bool quiet = false;
    std::size_t block_size = 0; // 0: chosen from the size of the file
    bool help = false;
    std::string path;
};

extern const std::string_view help_text;

/// Reads the arguments after the program's name.
/// Throws: input_error that names the argument.
settings parse_command_line(std::span<char* const> arguments);

} // namespace kmer_count
