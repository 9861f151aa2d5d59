// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is to be aligned, and where an alignment of most worth ends. The first sequence goes down the rows of the
// matrix, the second along its columns.
#pragma once

#include "scoring.hpp"
#include "sequence.hpp"
#include "tiling.hpp"

#include <cstddef>
#include <vector>

namespace wavefront {

struct problem {
    std::vector<base> first, second;
    scoring costs;
    tiling cut;
};

/// The last cell of an alignment, and what that is worth; 0 for none.
struct local_end {
    score worth = 0;
    std::size_t row = 0, column = 0;

    bool operator==(const local_end&) const = default;
};

/// Of equal ones that on the first anti-diagonal counts, on the same one the first row: a rule by which the order in
/// which tiles come does not matter.
inline const local_end& better(const local_end& a, const local_end& b) noexcept {
    if (a.worth != b.worth) return a.worth > b.worth ? a : b;
    const std::size_t diagonal_a = a.row + a.column, diagonal_b = b.row + b.column;
    if (diagonal_a != diagonal_b) return diagonal_a < diagonal_b ? a : b;
    return a.row < b.row ? a : b;
}

} // namespace wavefront
