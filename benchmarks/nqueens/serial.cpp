// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

std::uint64_t workload::count_serially(const board& before, unsigned size) {
    if (before.row == size) return 1;
    std::uint64_t count = 0;
    for (std::uint32_t free = before.free_squares(size); free != 0; free &= free - 1) {
        count += count_serially(before.with_queen(free & (~free + 1)), size);
    }
    return count;
}

namespace {

const bench::registration serial("nqueens", "serial", 1, [](benchmark::State& state, unsigned) {
    bench::measure(state, workload::answer(), [] { return workload::count_serially({}, workload::n()); });
});

} // namespace
