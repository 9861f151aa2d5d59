// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine as an indented list, and what is to be said of the workers.
#pragma once

#include "box.hpp"
#include "workers.hpp"

#include <string>

namespace pel_topology {

std::string draw_text(const box& whole, const pel::topology& machine, const workers& pool);

} // namespace pel_topology
