// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tile_tracer.hpp"

#include <algorithm>

namespace wavefront {

namespace {

// Where a cell's scores come from. The first two bits are about the best one; a gap that is not extended begins.
enum source : unsigned char {
    nowhere = 0,
    pair = 1,
    gap_down = 2,
    gap_right = 3,
    of_best = 3,
    extends_down = 4,
    extends_right = 8
};

/// The sources of a tile's cells, up to the one where the alignment comes in: rows one after the other.
class source_table {
public:
    source_table(const problem& of, stretch rows, stretch columns, const tile_borders& around)
        : of_(of), rows_(rows), columns_(columns), around_(around), sources_(rows.size() * columns.size()) {
        for (std::size_t i = 0; i < columns.size(); ++i) above_.push_back(around.above[i]);
        score corner = around.corner;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            fill_row(row, corner);
            corner = around.left[row].best;
        }
    }

    unsigned operator()(std::size_t row, std::size_t column) const {
        return sources_[(row - rows_.begin) * columns_.size() + column - columns_.begin];
    }

private:
    /// corner: the score above and to the left of the row's first cell.
    void fill_row(std::size_t row, score corner) {
        const scoring& costs = of_.costs;
        border_cell left = around_.left[row];
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            border_cell& above = above_[column];
            unsigned source = 0;
            const score down = extend(above, extends_down, source);
            const score right = extend(left, extends_right, source);
            const bool is_match = of_.first[rows_.begin + row] == of_.second[columns_.begin + column];
            const score paired = corner + (is_match ? costs.match : -costs.mismatch);
            const score best = std::max({score{0}, paired, down, right});
            if (best > 0) source |= best == paired ? pair : best == down ? gap_down : gap_right;
            sources_[row * columns_.size() + column] = static_cast<unsigned char>(source);
            corner = above.best;
            above = {best, down};
            left = {best, right};
        }
    }

    score extend(const border_cell& from, unsigned bit, unsigned& source) const {
        const score begun = from.best - of_.costs.gap_of_one(), extended = from.gap - of_.costs.gap_extend;
        if (extended > begun) source |= bit;
        return std::max(begun, extended);
    }

    const problem& of_;
    stretch rows_, columns_;
    const tile_borders& around_;
    std::vector<border_cell> above_;
    std::vector<unsigned char> sources_;
};

void append(std::vector<edit_run>& edits, edit kind) {
    if (!edits.empty() && edits.back().kind == kind)
        ++edits.back().length;
    else
        edits.push_back({kind, 1});
}

/// Goes back by one column of the alignment, or notices that there is none.
void step(const problem& of, unsigned source, cursor& at, std::vector<edit_run>& edits) {
    if (at.through == layer::best) {
        switch (source & of_best) {
        case nowhere: at.is_at_start = true; return;
        case gap_down: at.through = layer::down; break;
        case gap_right: at.through = layer::right; break;
        default:
            append(edits, of.first[at.row - 1] == of.second[at.column - 1] ? edit::match : edit::mismatch);
            --at.row, --at.column;
            return;
        }
    }
    const bool is_down = at.through == layer::down;
    append(edits, is_down ? edit::only_first : edit::only_second);
    --(is_down ? at.row : at.column);
    if ((source & (is_down ? extends_down : extends_right)) == 0) at.through = layer::best;
}

} // namespace

void trace_tile(const problem& of, place tile, const tile_borders& around, cursor& at, std::vector<edit_run>& edits) {
    const stretch rows{of.cut.rows_of(tile.row).begin, at.row};
    const stretch columns{of.cut.columns_of(tile.column).begin, at.column};
    const source_table sources(of, rows, columns, around);
    while (!at.is_over() && at.row > rows.begin && at.column > columns.begin)
        step(of, sources(at.row - 1, at.column - 1), at, edits);
}

} // namespace wavefront
