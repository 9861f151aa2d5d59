// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>
#include <tbb/blocked_range2d.h>
#include <tbb/partitioner.h>

namespace {

using range = tbb::blocked_range<std::size_t>;
using range_2d = tbb::blocked_range2d<std::size_t>;

template <class Partitioner>
struct loop_in_loop {
    using workers = bench::tbb_workers;
    void operator()(workers& tbb, std::size_t outer, std::size_t inner, const workload::body& body) const {
        const auto row = [=](std::size_t i) {
            const auto part = [i, body](const range& columns) {
                for (std::size_t j = columns.begin(); j != columns.end(); ++j) body(i, j);
            };
            tbb::parallel_for(range(0, inner), part, Partitioner());
        };
        const auto rows = [&](const range& part) {
            for (std::size_t i = part.begin(); i != part.end(); ++i) row(i);
        };
        tbb.run([&] { tbb::parallel_for(range(0, outer), rows, Partitioner()); });
    }
};

struct one_range {
    using workers = bench::tbb_workers;
    void operator()(workers& tbb, std::size_t outer, std::size_t inner, const workload::body& body) const {
        const auto tile = [body](const range_2d& part) {
            for (std::size_t i = part.rows().begin(); i != part.rows().end(); ++i) {
                for (std::size_t j = part.cols().begin(); j != part.cols().end(); ++j) body(i, j);
            }
        };
        tbb.run([&] { tbb::parallel_for(range_2d(0, outer, 0, inner), tile); });
    }
};

const bool by_auto = workload::register_loops("tbb_auto", 2, loop_in_loop<tbb::auto_partitioner>());
const bool by_simple = workload::register_loops("tbb_simple", 2, loop_in_loop<tbb::simple_partitioner>());
const bool by_static = workload::register_loops("tbb_static", 2, loop_in_loop<tbb::static_partitioner>());
const bool merged = workload::register_loops("tbb_2d", 2, one_range());

} // namespace
