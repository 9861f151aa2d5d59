// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

#include <array>
#include <numeric>

namespace {

pel::task<std::uint64_t> skynet(std::uint64_t number, std::uint64_t size) {
    if (size == 1) co_return number;
    size /= workload::children;
    std::array<pel::task<std::uint64_t>, workload::children> nodes;
    for (std::uint64_t i = 0; auto& each : nodes) each = skynet(number + i++ * size, size);
    const std::array<std::uint64_t, workload::children> sums = co_await pel::when_all(std::move(nodes));
    co_return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

const bench::registration with_pel("coroutine_skynet", "pel", bench::each_count,
                                   [](benchmark::State& state, unsigned workers) {
                                       bench::pel_workers pel(workers);
                                       bench::measure(state, workload::answer(), [&] {
                                           return pel.run([] { return pel::sync_wait(skynet(0, workload::leaves())); });
                                       });
                                   });

} // namespace
