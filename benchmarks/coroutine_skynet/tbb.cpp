// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task_group.h>

#include <array>
#include <numeric>

namespace {

std::uint64_t skynet(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    std::array<std::uint64_t, workload::children> parts;
    tbb::task_group group;
    for (std::uint64_t i = 0; i != workload::children; ++i)
        group.run([&parts, i, number, size] { parts[i] = skynet(number + i * size, size); });
    group.wait();
    return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
}

const bench::registration with_tbb("coroutine_skynet", "tbb", bench::each_count,
                                   [](benchmark::State& state, unsigned workers) {
                                       bench::tbb_workers tbb(workers);
                                       bench::measure(state, workload::answer(), [&] {
                                           return tbb.run([] { return skynet(0, workload::leaves()); });
                                       });
                                   });

} // namespace
