// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "queens.hpp"

std::uint64_t bench::count_queens_serially(const board& before, unsigned size) {
    if (before.row == size) return 1;
    std::uint64_t count = 0;
    for (std::uint32_t free = before.free_squares(size); free != 0; free &= free - 1) {
        count += count_queens_serially(before.with_queen(free & (~free + 1)), size);
    }
    return count;
}
