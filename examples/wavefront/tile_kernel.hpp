// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The scores of a tile. By anti-diagonals, whose cells do not depend on each other: the compiler makes vector
// instructions of it. Scores are relative to the cell above and to the left of the tile, so 16 bits hold them if the
// tile is not too large: eight cells to a vector register of any x86-64.
// Source: T. F. Smith, M. S. Waterman: Identification of common molecular subsequences. J. Mol. Biol. 147 (1981).
//         O. Gotoh: An improved algorithm for matching biological sequences. J. Mol. Biol. 162 (1982).
//         Along anti-diagonals: A. Wozniak: Using video-oriented instructions to speed up sequence comparison.
//         Comput. Appl. Biosci. 13 (1997).
#pragma once

#include "borders.hpp"
#include "problem.hpp"

namespace wavefront {

/// Scores the tile: reads the borders above and to the left, and writes the others.
/// Returns: the better one of `known` and of what ends in the tile. Complexity: linear in its cells.
local_end score_tile(const problem& of, place tile, const tile_borders& around, const local_end& known);

/// Whether 16 bits hold the scores of tiles of that size.
bool is_narrow(std::size_t tile_size, const scoring& costs) noexcept;

} // namespace wavefront
