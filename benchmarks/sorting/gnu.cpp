// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel mode, which runs on OpenMP.
#include "support/gnu_workers.hpp"
#include "workload.hpp"

#include <parallel/algorithm>

namespace {

struct sorter {
    using workers = bench::gnu_workers;
    static constexpr bool has_stable_sort = true;

    static void sort(workers&, auto first, auto last, auto less) { __gnu_parallel::sort(first, last, less); }
    static void stable_sort(workers&, auto first, auto last, auto less) {
        __gnu_parallel::stable_sort(first, last, less);
    }
};
const bool sorts = workload::register_sorts("gnu", bench::each_count, sorter());

} // namespace
