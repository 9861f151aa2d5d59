// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tile_kernel.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace wavefront {

namespace {

/// Scores and costs in Score's bits.
template <class Score>
struct narrowed {
    Score match, mismatch, gap_of_one, gap_extend, zero;
};

template <class Score>
constexpr score far = std::numeric_limits<Score>::max() - 700; // leaves room for one step beyond

/// What the next diagonal needs of those before it, an entry for each row: entry 0 is of the row above the tile, entry
/// i + 1 of its row i.
template <class Score>
struct scratch {
    std::array<std::vector<Score>, 3> best;       // of this diagonal, the one before, and the one before that
    std::array<std::vector<Score>, 2> down;       // best that ends with a base of the first sequence beside a gap
    std::vector<Score> right;                     // the same for the second
    std::vector<Score> first, second_from_behind; // bases, as wide as scores

    void resize(std::size_t rows, std::size_t columns) {
        for (auto& each : best) each.resize(rows + 2);
        for (auto& each : down) each.resize(rows + 2);
        right.resize(rows + 2);
        first.resize(rows);
        second_from_behind.resize(columns);
    }
};

/// Scores `count` cells of a diagonal. *_above are of the cell above, *_left of that to the left, *_before of that
/// above and to the left. Not inlined: g++ believes in __restrict only where it is a parameter's. Returns: the best
/// score.
template <class Score>
[[gnu::noinline]] Score score_diagonal(std::size_t count, const narrowed<Score>& costs, const Score* __restrict first,
                                       const Score* __restrict second, const Score* __restrict best_before,
                                       const Score* __restrict best_above, const Score* __restrict best_left,
                                       const Score* __restrict down_above, Score* __restrict down,
                                       Score* __restrict right, Score* __restrict best) {
    const auto [match, mismatch, gap_of_one, gap_extend, zero] = costs;
    Score most = std::numeric_limits<Score>::min();
    for (std::size_t i = 0; i < count; ++i) {
        const Score begun_down = static_cast<Score>(best_above[i] - gap_of_one);
        const Score longer_down = static_cast<Score>(down_above[i] - gap_extend);
        const Score begun_right = static_cast<Score>(best_left[i] - gap_of_one);
        const Score longer_right = static_cast<Score>(right[i] - gap_extend);
        const Score paired = static_cast<Score>(best_before[i] + (first[i] == second[i] ? match : mismatch));
        const Score new_down = begun_down > longer_down ? begun_down : longer_down;
        const Score new_right = begun_right > longer_right ? begun_right : longer_right;
        const Score gapped = new_down > new_right ? new_down : new_right;
        const Score local = paired > zero ? paired : zero;
        const Score here = gapped > local ? gapped : local;
        down[i] = new_down;
        right[i] = new_right;
        best[i] = here;
        most = most > here ? most : here;
    }
    return most;
}

template <class Score>
class tile_scorer {
public:
    tile_scorer(const problem& of, place tile, const tile_borders& around)
        : rows_(of.cut.rows_of(tile.row)), columns_(of.cut.columns_of(tile.column)), around_(around),
          origin_(around.corner), memory_(memory_of_thread()), costs_(narrow(of.costs)) {
        memory_.resize(rows_.size(), columns_.size());
        const auto first = std::span(of.first).subspan(rows_.begin, rows_.size());
        const auto second = std::span(of.second).subspan(columns_.begin, columns_.size());
        std::ranges::copy(first, memory_.first.begin());
        std::reverse_copy(second.begin(), second.end(), memory_.second_from_behind.begin());
    }

    local_end run(const local_end& known) {
        found_ = known;
        threshold_ = relative(std::max<score>(known.worth - 1, 0));
        memory_.best[1][0] = 0; // the corner
        const score corner_of_next = around_.above.back().best;
        for (std::size_t diagonal = 0; diagonal < rows_.size() + columns_.size() - 1; ++diagonal) {
            enter(diagonal);
            score_one(diagonal);
            leave(diagonal);
            std::rotate(memory_.best.begin(), memory_.best.begin() + 2, memory_.best.end());
            std::swap(memory_.down[0], memory_.down[1]);
        }
        around_.corner_of_next = corner_of_next;
        return found_;
    }

private:
    // Nothing else can run on the thread until the tile is done.
    static scratch<Score>& memory_of_thread() {
        static thread_local scratch<Score> memory;
        return memory;
    }

    Score relative(score value) const {
        return static_cast<Score>(std::clamp(value - origin_, -far<Score>, far<Score>));
    }
    narrowed<Score> narrow(const scoring& costs) const {
        return {static_cast<Score>(costs.match), static_cast<Score>(-costs.mismatch),
                static_cast<Score>(costs.gap_of_one()), static_cast<Score>(costs.gap_extend), relative(0)};
    }

    // Before a diagonal, those before it get the cells that they have in the rows and columns around the tile.
    void enter(std::size_t diagonal) {
        if (diagonal < columns_.size()) {
            memory_.best[0][0] = relative(around_.above[diagonal].best);
            memory_.down[0][0] = relative(around_.above[diagonal].gap);
        }
        if (diagonal < rows_.size()) {
            memory_.best[0][diagonal + 1] = relative(around_.left[diagonal].best);
            memory_.right[diagonal + 1] = relative(around_.left[diagonal].gap);
        }
    }

    std::size_t first_row(std::size_t diagonal) const {
        return diagonal < columns_.size() ? 0 : diagonal - columns_.size() + 1;
    }

    // best[0] is the diagonal before, best[1] the one before that, and best[2] becomes this one.
    void score_one(std::size_t diagonal) {
        const std::size_t first = first_row(diagonal);
        const std::size_t count = std::min(diagonal, rows_.size() - 1) - first + 1;
        auto& [before, before_that, now] = memory_.best;
        const Score* const second = &memory_.second_from_behind[columns_.size() - 1 - diagonal + first];
        const Score most = score_diagonal(count, costs_, &memory_.first[first], second, &before_that[first],
                                          &before[first], &before[first + 1], &memory_.down[0][first],
                                          &memory_.down[1][first + 1], &memory_.right[first + 1], &now[first + 1]);
        if (most > threshold_) keep_end(most, diagonal, {&now[first + 1], count});
    }

    // Seldom: only where a score is larger than all before.
    void keep_end(Score most, std::size_t diagonal, std::span<const Score> scores) {
        threshold_ = most;
        const auto at = static_cast<std::size_t>(std::ranges::find(scores, most) - scores.begin());
        const std::size_t row = first_row(diagonal) + at;
        found_ = better(found_, {origin_ + most, rows_.begin + row, columns_.begin + diagonal - row});
    }

    void leave(std::size_t diagonal) {
        if (diagonal + 1 >= rows_.size()) {
            const std::size_t row = rows_.size();
            around_.below[diagonal + 1 - row] = {origin_ + memory_.best[2][row], origin_ + memory_.down[1][row]};
        }
        if (diagonal + 1 >= columns_.size()) {
            const std::size_t row = diagonal + 1 - columns_.size();
            around_.right[row] = {origin_ + memory_.best[2][row + 1], origin_ + memory_.right[row + 1]};
        }
    }

    stretch rows_, columns_;
    tile_borders around_;
    score origin_;
    scratch<Score>& memory_;
    narrowed<Score> costs_;
    local_end found_;
    Score threshold_ = 0; // only what is above it is looked at
};

} // namespace

// Cells of a tile are at most twice its size of steps away from the corner.
bool is_narrow(std::size_t tile_size, const scoring& costs) noexcept {
    return (2 * tile_size + 4) * static_cast<std::size_t>(costs.steepest()) <= std::size_t{far<std::int16_t>};
}

local_end score_tile(const problem& of, place tile, const tile_borders& around, const local_end& known) {
    if (is_narrow(of.cut.tile_size(), of.costs)) return tile_scorer<std::int16_t>(of, tile, around).run(known);
    return tile_scorer<score>(of, tile, around).run(known);
}

} // namespace wavefront
