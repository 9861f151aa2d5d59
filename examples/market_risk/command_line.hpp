// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace market_risk {

struct settings {
    std::string positions, market, rates; // files
    std::uint32_t pairs = 50'000;         // of paths, for each price
    std::uint32_t scenarios = 100'000;
    unsigned horizon_days = 10;
    std::uint32_t nested_pairs = 0; // 0: closed forms at the horizon
    unsigned worst = 5;             // scenarios to list
    std::uint64_t seed = 1;
    unsigned workers = 0; // 0: as many as the process may use
    unsigned repeat = 1;
    bool only_check = false;
    bool help = false;
};

extern const std::string_view help_text;

/// Reads the arguments after the program's name.
/// Throws: support::input_error that names the argument.
settings parse_command_line(std::span<char* const> arguments);

} // namespace market_risk
