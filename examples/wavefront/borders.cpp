// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "borders.hpp"

#include <algorithm>

namespace wavefront {

namespace {

place end_of_block(const tiling& cut, place block) {
    const std::size_t size = cut.tiles_per_block();
    return {std::min((block.row + 1) * size, cut.tile_rows()), std::min((block.column + 1) * size, cut.tile_columns())};
}

place begin_of_block(const tiling& cut, place block) {
    return {block.row * cut.tiles_per_block(), block.column * cut.tiles_per_block()};
}

} // namespace

borders::borders(const tiling& cut, place first, place last, std::size_t tiles_per_line, const scoring& costs)
    : cut_(&cut), first_(first), last_(last), tiles_per_line_(tiles_per_line),
      all_rows_{cut.rows_of(first.row).begin, cut.rows_of(last.row - 1).end},
      all_columns_{cut.columns_of(first.column).begin, cut.columns_of(last.column - 1).end} {
    // A gap that comes from outside is worth no more than one that begins at the edge.
    const border_cell outside{0, -costs.gap_of_one()};
    const std::size_t row_lines = lines(last.row - first.row - 1).to + 1;
    const std::size_t column_lines = lines(last.column - first.column - 1).to + 1;
    rows_.assign(row_lines * all_columns_.size(), outside);
    columns_.assign(column_lines * all_rows_.size(), outside);
    corners_.assign(column_lines * (last.row - first.row), 0);
}

borders::borders(const tiling& cut, place block, const borders& kept, const scoring& costs)
    : borders(cut, begin_of_block(cut, block), end_of_block(cut, block), 1, costs) {
    copy_surroundings(block, kept);
}

void borders::copy_surroundings(place block, const borders& kept) {
    const auto above = std::span(kept.rows_).subspan(block.row * kept.all_columns_.size() + all_columns_.begin);
    const auto left = std::span(kept.columns_).subspan(block.column * kept.all_rows_.size() + all_rows_.begin);
    std::ranges::copy(above.first(all_columns_.size()), rows_.begin());
    std::ranges::copy(left.first(all_rows_.size()), columns_.begin());
    for (std::size_t tile = first_.row; tile < last_.row; ++tile)
        corners_[tile - first_.row] = kept.corners_[block.column * kept.cut_->tile_rows() + tile];
}

tile_borders borders::of(place tile) {
    const line_range row = lines(tile.row - first_.row), column = lines(tile.column - first_.column);
    const stretch rows = within(cut_->rows_of(tile.row), all_rows_.begin);
    const stretch columns = within(cut_->columns_of(tile.column), all_columns_.begin);
    const std::size_t tile_row = tile.row - first_.row;
    return {row_line(row.from, columns), column_line(column.from, rows), corner(column.from, tile_row),
            row_line(row.to, columns),   column_line(column.to, rows),   corner(column.to, tile_row)};
}

} // namespace wavefront
