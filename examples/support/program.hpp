// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How an application begins and ends: exit statuses, and one line on stderr for what went wrong.
#pragma once

#include <span>
#include <string_view>

namespace support {

/// Writes to stdout, at once. Throws: std::system_error if that fails.
void print(std::string_view text);

/// What main() does: runs the application with the arguments after its name.
/// Returns: exit status 0; or, when a line on stderr has said why, 2 for an input_error and 1 for any other exception.
int run_program(const char* name, int argument_count, char** arguments, void (*run)(std::span<char* const> arguments));

} // namespace support
