// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user did wrong: one line, which names the file or the value.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

/// The input or the command line is at fault: exit status 2.
class input_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Returns: `text` with control characters as \xNN, so that a message stays one line whatever a file is called.
std::string printable(std::string_view text);

} // namespace support
