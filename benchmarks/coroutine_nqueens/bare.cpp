// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/bare_coroutine.hpp"
#include "workload.hpp"

namespace {

bench::lazy count(bench::board before, unsigned size) {
    if (before.row == size) co_return 1;
    std::uint64_t all = 0;
    for (std::uint32_t free = before.free_squares(size); free != 0; free &= free - 1)
        all += co_await count(before.with_queen(free & (~free + 1)), size);
    co_return all;
}

const bench::registration bare("coroutine_nqueens", "bare", 1, [](benchmark::State& state, unsigned) {
    bench::measure(state, workload::answer(), [] { return count({}, workload::n()).run(); });
});

} // namespace
