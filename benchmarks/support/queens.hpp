// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Queens on an n × n board, none of which attacks another. Squares under attack are bits.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace bench {

inline constexpr unsigned most_columns = 17;

/// In how many ways n queens may stand: the known numbers (OEIS A000170).
inline std::uint64_t ways_to_place_queens(unsigned n) {
    constexpr std::array<std::uint64_t, most_columns + 1> known{
        1, 1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2'680, 14'200, 73'712, 365'596, 2'279'184, 14'772'512, 95'815'104};
    return known.at(n);
}

/// The squares that are under attack in a row, from above and along both diagonals.
struct board {
    std::uint32_t row = 0, columns = 0, left = 0, right = 0;

    std::uint32_t free_squares(unsigned size) const { return ((1u << size) - 1) & ~(columns | left | right); }
    board with_queen(std::uint32_t square) const {
        return {row + 1, columns | square, (left | square) << 1, (right | square) >> 1};
    }
};

/// Calls visit(column, next board) for every square where a queen may stand.
template <class Visit>
void for_each_queen(const board& before, unsigned size, Visit visit) {
    for (std::uint32_t free = before.free_squares(size); free != 0; free &= free - 1) {
        const std::uint32_t square = free & (~free + 1);
        visit(static_cast<unsigned>(std::countr_zero(square)), before.with_queen(square));
    }
}

/// The same machine code for all variants. Inlined into each, it differed by 10 % for no reason of theirs.
std::uint64_t count_queens_serially(const board& before, unsigned size);

/// Of each column of a row.
using partial_counts = std::array<std::uint64_t, most_columns>;

inline std::uint64_t sum(const partial_counts& parts) {
    std::uint64_t all = 0;
    for (const std::uint64_t part : parts) all += part;
    return all;
}

} // namespace bench
