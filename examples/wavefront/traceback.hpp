// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The alignment itself, from its last cell back to its first. Block by block: the borders of blocks were kept, so the
// graph scores the tiles of a block again, this time with the borders of each tile; and the tiles that the alignment
// goes through are computed once more, cell by cell.
#pragma once

#include "alignment.hpp"
#include "borders.hpp"
#include "problem.hpp"

#include <pel/thread_pool.hpp>

#include <cstddef>

namespace wavefront {

struct traced {
    alignment path;
    std::size_t blocks = 0, tiles = 0; // that were computed again
};

/// kept: from a pass over all tiles, which found `end`.
traced trace_back(const problem& of, const borders& kept, const local_end& end, pel::thread_pool& pool);

} // namespace wavefront
