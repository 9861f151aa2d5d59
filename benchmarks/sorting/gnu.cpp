// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel mode, which runs on OpenMP.
#include "support/omp_workers.hpp"
#include "workload.hpp"

#include <parallel/algorithm>

namespace {

struct sorter {
    struct workers : bench::omp_workers {
        explicit workers(unsigned count) : omp_workers(count) { omp_set_num_threads(static_cast<int>(count)); }
        auto run(const auto& f) { return f(); } // which makes a team itself
    };
    static constexpr bool has_stable_sort = true;

    static void sort(workers&, auto first, auto last, auto less) { __gnu_parallel::sort(first, last, less); }
    static void stable_sort(workers&, auto first, auto last, auto less) {
        __gnu_parallel::stable_sort(first, last, less);
    }
};
const bool sorts = workload::register_sorts("gnu", bench::each_count, sorter());

} // namespace
