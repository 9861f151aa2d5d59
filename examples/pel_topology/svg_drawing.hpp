// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine as a picture: one SVG that needs nothing else.
#pragma once

#include "box.hpp"

#include <string>
#include <vector>

namespace pel_topology {

/// `title` says what machine it is. `workers` may name who sits on each PU, in machine order: such PUs stand out.
std::string draw_svg(const box& whole, const pel::topology& machine, const std::string& title,
                     const std::vector<std::string>& workers = {});

} // namespace pel_topology
