// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_graphs.hpp"

#include "hidden_chain.hpp"
#include "requests.hpp"
#include "workload.hpp"

namespace {

using bench::tbb_graphs;

const bool runs = workload::register_runs<tbb_graphs>("tbb", bench::each_count);
const bool builds = workload::register_builds<tbb_graphs>("tbb");
const bool requests = workload::register_requests<workload::graph_of_each<tbb_graphs>>("tbb", bench::each_count);
const bool hidden_chain = workload::register_hidden_chain<tbb_graphs>("tbb", bench::each_count);

/// Those in which no chain is too long for a stack.
const bool lightweight_runs = [] {
    for (const workload::named_shape& shape : workload::shapes) {
        if (shape.make != workload::chain)
            workload::register_shape<bench::tbb_lightweight_graphs>(shape, "tbb_lightweight", bench::each_count,
                                                                    bench::runs::unless_quick);
    }
    return true;
}();

} // namespace
