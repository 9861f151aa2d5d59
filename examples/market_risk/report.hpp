// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was found, as text.
#pragma once

#include "command_line.hpp"
#include "comparison.hpp"

#include <string>

namespace market_risk {

/// What goes to stdout. With --check the same for every number of workers, apart from the first line.
std::string report_text(const problem& of, const findings& found, const settings& chosen);

} // namespace market_risk
