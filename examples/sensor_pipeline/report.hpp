// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was found, as text.
#pragma once

#include "command_line.hpp"
#include "comparison.hpp"
#include "generating.hpp"

#include <string>

namespace sensor_pipeline {

/// What goes to stdout. With --check the same for every number of workers and tokens.
std::string report_text(const outcome& of, const settings& chosen);

std::string report_text(const generated& made, const settings& chosen);

} // namespace sensor_pipeline
