// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was found, as text.
#pragma once

#include "command_line.hpp"
#include "comparison.hpp"

#include <string>

namespace heat3d {

/// What goes to stdout. With --check the same for every number of workers, apart from the first line.
std::string report_text(const findings& found, const settings& chosen);

} // namespace heat3d
