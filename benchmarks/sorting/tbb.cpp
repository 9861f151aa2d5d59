// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_sort.h>

namespace {

struct sorter {
    using workers = bench::tbb_workers;

    static void sort(workers&, auto first, auto last, auto less) { tbb::parallel_sort(first, last, less); }
};
const bool sorts = workload::register_sorts("tbb", bench::each_count, sorter());

} // namespace
