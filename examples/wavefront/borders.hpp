// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tiles leave to their neighbours: the scores along their last row and column. A line of them goes through all
// tiles of a row (or column), and several rows of tiles may share one: each tile writes over what the tile above it has
// left there, which nobody needs any more. So what is there in the end are the borders of blocks.
// Threads: a tile runs after those above and to the left of it; then no two tiles use the same cells of a line at once.
#pragma once

#include "scoring.hpp"
#include "tiling.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace wavefront {

/// A cell at a tile's end: its score, and that of the gap which leaves the tile there.
struct border_cell {
    score best;
    score gap;
};

/// What a tile reads and writes. Both may be the same memory.
struct tile_borders {
    std::span<const border_cell> above, left;
    score corner; // of the cell that is above and to the left
    std::span<border_cell> below, right;
    score& corner_of_next; // of the tile to the right
};

/// The borders of a rectangle of tiles.
class borders {
public:
    /// The tiles from `first` to before `last`, as if the matrix began there: outside of it all scores are 0.
    borders(const tiling& cut, place first, place last, std::size_t tiles_per_line, const scoring& costs);
    /// The tiles of one block, each line for itself; what is around them comes from `kept`, of the whole matrix.
    borders(const tiling& cut, place block, const borders& kept, const scoring& costs);

    place first() const noexcept { return first_; }
    place last() const noexcept { return last_; }

    /// tile: a place in the matrix, within the rectangle.
    tile_borders of(place tile);

private:
    struct line_range {
        std::size_t from, to;
    };
    line_range lines(std::size_t tile) const noexcept {
        return {tile == 0 ? 0 : 1 + (tile - 1) / tiles_per_line_, 1 + tile / tiles_per_line_};
    }
    stretch within(stretch cells, std::size_t origin) const noexcept {
        return {cells.begin - origin, cells.end - origin};
    }
    std::span<border_cell> row_line(std::size_t line, stretch cells) {
        return std::span(rows_).subspan(line * all_columns_.size() + cells.begin, cells.size());
    }
    std::span<border_cell> column_line(std::size_t line, stretch cells) {
        return std::span(columns_).subspan(line * all_rows_.size() + cells.begin, cells.size());
    }
    score& corner(std::size_t line, std::size_t tile_row) {
        return corners_[line * (last_.row - first_.row) + tile_row];
    }
    void copy_surroundings(place block, const borders& kept);

    const tiling* cut_;
    place first_, last_;
    std::size_t tiles_per_line_;
    stretch all_rows_, all_columns_; // of cells
    std::vector<border_cell> rows_, columns_;
    std::vector<score> corners_; // for each column line and row of tiles
};

} // namespace wavefront
