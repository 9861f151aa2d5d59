// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>
#include <tbb/partitioner.h>

namespace {

template <class Partitioner>
void loop(bench::tbb_workers& tbb, std::size_t n, const workload::body& body, Partitioner&& partitioner) {
    tbb.run([&] {
        tbb::parallel_for(
            tbb::blocked_range<std::size_t>(0, n),
            [body](const tbb::blocked_range<std::size_t>& part) {
                for (std::size_t i = part.begin(); i != part.end(); ++i) body(i);
            },
            partitioner);
    });
}

template <class Partitioner>
bool register_with(const char* runtime) {
    return workload::register_cells<bench::tbb_workers>(
        runtime, 2,
        [](bench::tbb_workers& tbb, std::size_t n, const workload::body& body) { loop(tbb, n, body, Partitioner()); });
}

/// Remembers who had what, as it is meant to be used.
struct affine_workers : bench::tbb_workers {
    using bench::tbb_workers::tbb_workers;
    tbb::affinity_partitioner partitioner;
};

const bool cells_auto = register_with<tbb::auto_partitioner>("tbb_auto");
const bool cells_simple = register_with<tbb::simple_partitioner>("tbb_simple");
const bool cells_static = register_with<tbb::static_partitioner>("tbb_static");
const bool cells_affinity = workload::register_cells<affine_workers>(
    "tbb_affinity", 2,
    [](affine_workers& tbb, std::size_t n, const workload::body& body) { loop(tbb, n, body, tbb.partitioner); });

} // namespace
