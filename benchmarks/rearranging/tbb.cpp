// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_sort.h>

namespace {

using workers = bench::tbb_workers;

const bool all = [] {
    workload::register_pairs<workers>("tbb", bench::each_count, [](workers&, auto first, auto last, auto less) {
        tbb::parallel_sort(first, last, less);
    });
    return true;
}();

} // namespace
