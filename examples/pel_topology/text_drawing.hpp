// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine as an indented list.
#pragma once

#include "box.hpp"

#include <string>

namespace pel_topology {

std::string draw_text(const box& whole, const pel::topology& machine);

} // namespace pel_topology
