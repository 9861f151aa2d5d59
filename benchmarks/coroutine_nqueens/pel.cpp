// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include <bit>
#include <numeric>
#include <vector>

namespace {

pel::task<std::uint64_t> count(bench::board before, unsigned size) {
    if (before.row == size) co_return 1;
    std::vector<pel::task<std::uint64_t>> queens;
    queens.reserve(static_cast<std::size_t>(std::popcount(before.free_squares(size))));
    bench::for_each_queen(before, size,
                          [&](unsigned, const bench::board& next) { queens.push_back(count(next, size)); });
    const std::vector<std::uint64_t> counts = co_await pel::when_all(std::move(queens));
    co_return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

const bench::registration with_pel("coroutine_nqueens", "pel", bench::each_count,
                                   [](benchmark::State& state, unsigned workers) {
                                       bench::pel_workers pel(workers);
                                       bench::measure(state, workload::answer(), [&] {
                                           return pel.run([] { return pel::sync_wait(count({}, workload::n())); });
                                       });
                                   });

} // namespace
