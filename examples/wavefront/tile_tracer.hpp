// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The part of an alignment that is in one tile.
#pragma once

#include "alignment.hpp"
#include "borders.hpp"
#include "problem.hpp"

#include <cstddef>
#include <vector>

namespace wavefront {

/// Which of the three scores of a cell the alignment comes through.
enum class layer : unsigned char { best, down, right };

/// Where the alignment has come to: behind the cell (row - 1, column - 1).
struct cursor {
    std::size_t row, column;
    layer through;
    bool is_at_start = false;

    bool is_over() const noexcept { return is_at_start || row == 0 || column == 0; }
};

/// Follows the alignment from the cell at which `at` is, one of the tile, until it leaves the tile or begins. Appends
/// its columns, last one first. Complexity: the tile's cells, a byte of memory for each.
void trace_tile(const problem& of, place tile, const tile_borders& around, cursor& at, std::vector<edit_run>& edits);

} // namespace wavefront
