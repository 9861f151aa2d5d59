// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>
#include <tbb/partitioner.h>

namespace {

template <class Partitioner>
void conduct(workload::plate& heated, Partitioner&& partitioner) {
    for (std::uint64_t step = 0; step != heated.steps(); ++step) {
        tbb::parallel_for(
            tbb::blocked_range<std::size_t>(0, heated.rows()),
            [&](const tbb::blocked_range<std::size_t>& part) {
                for (std::size_t row = part.begin(); row != part.end(); ++row) heated.update(step, row);
            },
            partitioner);
    }
}

const bool by_halves = workload::register_grids<bench::tbb_workers>(
    "tbb", bench::each_count,
    [](bench::tbb_workers&, workload::plate& heated) { conduct(heated, tbb::auto_partitioner()); });

const bool by_affinity = workload::register_grids<bench::tbb_workers>("tbb_affinity", bench::each_count,
                                                                      [](bench::tbb_workers&, workload::plate& heated) {
                                                                          tbb::affinity_partitioner partitioner;
                                                                          conduct(heated, partitioner);
                                                                      });

const bool by_shares = workload::register_grids<bench::tbb_workers>(
    "tbb_static", bench::each_count,
    [](bench::tbb_workers&, workload::plate& heated) { conduct(heated, tbb::static_partitioner()); });

} // namespace
