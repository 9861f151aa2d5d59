// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What can go wrong, apart from running out of memory.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace heat3d {

/// The command line, or the file that it names, is at fault: exit status 2.
class input_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The result is wrong: a defect of this program or of PEL, never of the input. Exit status 1.
class wrong_result : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Returns: `text` with control characters as \xNN, so that a message stays one line whatever a file is called.
std::string printable(std::string_view text);

} // namespace heat3d
