// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The temperatures of a cube's cells, with a layer of cold ones around, and how the cells are cut into pieces of work.
#pragma once

#include <pel/memory/numa_vector.hpp>

#include <algorithm>
#include <cstddef>

namespace heat3d {

/// Where temperatures are. Cells have indices from 0 to n - 1 in each direction, x the innermost.
struct field {
    const double* first; // the cell (0, 0, 0)
    std::size_t n;
    std::ptrdiff_t next_row, next_plane;

    const double* row(std::size_t z, std::size_t y) const {
        return first + static_cast<std::ptrdiff_t>(z) * next_plane + static_cast<std::ptrdiff_t>(y) * next_row;
    }
};

/// The memory of a field. None of it is written when it is made, so its pages go where they are first written.
class grid {
public:
    explicit grid(std::size_t n) : n_(n), cells_(size_of(n)) {}

    /// Cells that a grid of n^3 takes, the cold layer and the padding counted.
    static std::size_t size_of(std::size_t n) { return lead + (n + 2) * (n + 2) * row_size(n); }

    field view() const { return {cells_.data() + origin(), n_, next_row(), next_plane()}; }
    double* row(std::ptrdiff_t z, std::ptrdiff_t y) {
        return cells_.data() + origin() + z * next_plane() + y * next_row();
    }
    std::ptrdiff_t next_row() const { return static_cast<std::ptrdiff_t>(row_size(n_)); }
    std::ptrdiff_t next_plane() const { return static_cast<std::ptrdiff_t>(n_ + 2) * next_row(); }

private:
    static constexpr std::size_t lead = 8; // cells in a cache line; the first holds the first row's cold cell

    // Whole cache lines, an odd number of them: rows above each other do not compete for the same lines of a cache.
    static std::size_t row_size(std::size_t n) { return ((n + 2 + lead - 1) / lead | 1) * lead; }
    std::ptrdiff_t origin() const { return static_cast<std::ptrdiff_t>(lead) + next_plane() + next_row(); }

    std::size_t n_;
    pel::numa_vector<double> cells_;
};

/// A piece of work: some rows of one plane.
struct strip {
    std::size_t z, first_y, last_y;
};

/// The strips of a cube, in an order that follows memory, slab after slab, so that neighbours in it share pages; within
/// a slab of some planes the same rows of all planes follow each other, so that the planes above and below are still in
/// the L2 cache. Strips take some 10 µs: any number of threads gets about the same share.
class strips {
public:
    explicit strips(std::size_t n)
        : n_(n), rows_(std::clamp<std::size_t>(cells_per_strip / n, 4, 64)), blocks_((n + rows_ - 1) / rows_) {}

    std::size_t size() const { return n_ * blocks_; }
    strip operator[](std::size_t i) const {
        const std::size_t slab = i / (planes_per_slab * blocks_);
        const std::size_t rest = i % (planes_per_slab * blocks_);
        const std::size_t planes = std::min(planes_per_slab, n_ - slab * planes_per_slab);
        const std::size_t first_y = rest / planes * rows_;
        return {slab * planes_per_slab + rest % planes, first_y, std::min(first_y + rows_, n_)};
    }

private:
    static constexpr std::size_t cells_per_strip = 6144; // four such strips are half of 512 KiB
    static constexpr std::size_t planes_per_slab = 16;

    std::size_t n_;
    std::size_t rows_;
    std::size_t blocks_;
};

} // namespace heat3d
