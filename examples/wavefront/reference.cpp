// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "reference.hpp"

#include <algorithm>
#include <vector>

namespace wavefront {

local_end reference_end(const problem& of) {
    const scoring& costs = of.costs;
    constexpr score none = -(1 << 30);
    std::vector<score> best(of.second.size() + 1, 0), down(of.second.size() + 1, none);
    local_end found;
    for (std::size_t row = 0; row < of.first.size(); ++row) {
        score before = 0, right = none;
        for (std::size_t column = 0; column < of.second.size(); ++column) {
            const score above = best[column + 1];
            const score pair = of.first[row] == of.second[column] ? costs.match : -costs.mismatch;
            down[column + 1] = std::max(above - costs.gap_of_one(), down[column + 1] - costs.gap_extend);
            right = std::max(best[column] - costs.gap_of_one(), right - costs.gap_extend);
            const score here = std::max({score{0}, before + pair, down[column + 1], right});
            best[column + 1] = here;
            before = above;
            if (here > 0 && here >= found.worth) found = better(found, {here, row, column});
        }
    }
    return found;
}

} // namespace wavefront
