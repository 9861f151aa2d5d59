// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_loops.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>

namespace {

const bool loops = workload::register_levels<bench::tbb_workers>("tbb", [](std::size_t n, const auto& body) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n), [&](const tbb::blocked_range<std::size_t>& part) {
        for (std::size_t i = part.begin(); i != part.end(); ++i) body(i);
    });
});
const bool triad_auto =
    workload::register_stream("tbb_auto", bench::each_count, bench::tbb_loop<tbb::auto_partitioner>());
const bool triad_static =
    workload::register_stream("tbb_static", bench::each_count, bench::tbb_loop<tbb::static_partitioner>());
const bool triad_affinity = workload::register_stream("tbb_affinity", bench::each_count, bench::tbb_affine_loop());

} // namespace
