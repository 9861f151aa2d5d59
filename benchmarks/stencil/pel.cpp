// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_phases.hpp>

namespace {

const bool by_phases = workload::register_grids<bench::pel_workers>(
    "pel", bench::each_count, [](bench::pel_workers&, workload::plate& heated) {
        pel::parallel_phases(heated.steps(), std::size_t{0}, heated.rows(),
                             [&](std::uint64_t step, std::size_t row) { heated.update(step, row); });
    });

const bool by_loops = workload::register_grids<bench::pel_workers>(
    "pel_loops", bench::each_count, [](bench::pel_workers&, workload::plate& heated) {
        for (std::uint64_t step = 0; step != heated.steps(); ++step)
            pel::parallel_for(std::size_t{0}, heated.rows(), [&](std::size_t row) { heated.update(step, row); });
    });

} // namespace
