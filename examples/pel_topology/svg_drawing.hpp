// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine as a picture: one SVG that needs nothing else.
#pragma once

#include "box.hpp"
#include "workers.hpp"

#include <string>

namespace pel_topology {

/// `title` says what machine it is. PUs of workers stand out.
std::string draw_svg(const box& whole, const pel::topology& machine, const std::string& title, const workers& pool);

} // namespace pel_topology
