// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the matrix of all pairs of bases is cut: into square tiles, some tens of thousands of cells or more each, and the
// tiles into square blocks, at most 16 along each side. What a block has at its borders is kept until the end, so the
// memory for that is linear in the sequences, whatever their length.
#pragma once

#include <algorithm>
#include <cstddef>

namespace wavefront {

/// A tile, by its row and its column among the tiles; or a block among the blocks.
struct place {
    std::size_t row, column;

    bool operator==(const place&) const = default;
};

/// Bases of one sequence, as the tiles of a row or column have them.
struct stretch {
    std::size_t begin, end;

    std::size_t size() const noexcept { return end - begin; }
};

class tiling {
public:
    tiling(std::size_t rows, std::size_t columns, std::size_t tile)
        : rows_(rows), columns_(columns), tile_(tile),
          per_block_(divide(divide(std::max(rows, columns), tile), most_blocks)) {}

    std::size_t rows() const noexcept { return rows_; }
    std::size_t columns() const noexcept { return columns_; }
    std::size_t tile_size() const noexcept { return tile_; }
    std::size_t tiles_per_block() const noexcept { return per_block_; }
    std::size_t tile_rows() const noexcept { return divide(rows_, tile_); }
    std::size_t tile_columns() const noexcept { return divide(columns_, tile_); }

    stretch rows_of(std::size_t tile_row) const noexcept { return {tile_row * tile_, end(tile_row, rows_)}; }
    stretch columns_of(std::size_t tile_column) const noexcept {
        return {tile_column * tile_, end(tile_column, columns_)};
    }
    place tile_of_cell(std::size_t row, std::size_t column) const noexcept { return {row / tile_, column / tile_}; }

private:
    static constexpr std::size_t most_blocks = 16;

    static std::size_t divide(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }
    std::size_t end(std::size_t i, std::size_t size) const noexcept { return std::min((i + 1) * tile_, size); }

    std::size_t rows_, columns_, tile_, per_block_;
};

} // namespace wavefront
