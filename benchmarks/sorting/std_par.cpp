// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel algorithms, which run on TBB.
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <execution>

namespace {

struct sorter {
    using workers = bench::tbb_workers;
    static constexpr bool has_stable_sort = true;

    static void sort(workers&, auto first, auto last, auto less) { std::sort(std::execution::par, first, last, less); }
    static void stable_sort(workers&, auto first, auto last, auto less) {
        std::stable_sort(std::execution::par, first, last, less);
    }
};
const bool sorts = workload::register_sorts("stdpar", bench::each_count, sorter());

} // namespace
