// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gotoh's recurrences as they are in the paper, row by row: no tiles, no tasks, no code of the other files.
#pragma once

#include "problem.hpp"

namespace wavefront {

/// Complexity: linear in the cells of the matrix; memory linear in the second sequence.
local_end reference_end(const problem& of);

} // namespace wavefront
