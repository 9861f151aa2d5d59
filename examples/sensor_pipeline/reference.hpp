// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The serial program: no tokens, no stages. It decides otherwise which frames belong together: it knows for each time
// which instants are over, and looks at an instant not before that.
#pragma once

#include "findings.hpp"
#include "station.hpp"

#include <string>

namespace sensor_pipeline {

/// Throws: support::input_error.
findings find_serially(const std::string& path, const processing& chosen);

/// Throws: wrong_result, which says where they differ first; `who` found the first.
void expect_same(const findings& found, const findings& expected, const std::string& who);

} // namespace sensor_pipeline
