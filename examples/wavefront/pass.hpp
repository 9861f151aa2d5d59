// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pass over a rectangle of tiles, whoever runs it: the data of a run of the graph.
#pragma once

#include "borders.hpp"
#include "problem.hpp"
#include "support/progress_line.hpp"
#include "tile_kernel.hpp"

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

namespace wavefront {

/// Threads: a tile after those above and to the left of it.
class pass {
public:
    /// All tiles, with the borders of blocks kept.
    explicit pass(const problem& of)
        : of_(of), last_{of.cut.tile_rows(), of.cut.tile_columns()},
          around_(of.cut, {0, 0}, last_, of.cut.tiles_per_block(), of.costs) {}
    /// Those of a block that are not below or to the right of `needed`, a tile in it. `kept` comes from a pass over
    /// all.
    pass(const problem& of, place block, const borders& kept, place needed)
        : of_(of), last_{needed.row + 1, needed.column + 1}, around_(of.cut, block, kept, of.costs) {}

    /// at: counted within the rectangle. Returns: the better one of `known` and of what ends in the tile; where there
    /// is no such tile, `known`.
    local_end score(place at, const local_end& known) {
        const place tile{around_.first().row + at.row, around_.first().column + at.column};
        if (tile.row >= last_.row || tile.column >= last_.column) return known;
        const local_end found = score_tile(of_, tile, around_.of(tile), known);
        show(done_.fetch_add(1, std::memory_order_relaxed) + 1);
        return found;
    }

    /// Begins again: what was found is forgotten.
    void begin(std::string who, support::progress_line* progress) {
        who_ = std::move(who);
        progress_ = progress;
        done_ = 0;
        result = {};
    }

    borders& around() noexcept { return around_; }
    const problem& of() const noexcept { return of_; }

    local_end result; // of the whole pass

private:
    void show(std::size_t done) {
        if (progress_ == nullptr) return;
        progress_->show([&] {
            const std::size_t all = of_.cut.tile_rows() * of_.cut.tile_columns();
            return who_ + ": tile " + std::to_string(done) + " of " + std::to_string(all);
        });
    }

    const problem& of_;
    place last_;
    borders around_;
    std::string who_;
    support::progress_line* progress_ = nullptr;
    std::atomic<std::size_t> done_ = 0;
};

} // namespace wavefront
