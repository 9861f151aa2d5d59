// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel sort, which runs on TBB.
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <execution>

namespace {

const bool sorts = workload::register_sorted<bench::tbb_workers>(
    "stdpar", bench::each_count, [](bench::tbb_workers&, std::vector<workload::pair>& pairs) {
        std::sort(std::execution::par, pairs.begin(), pairs.end(), workload::by_key);
    });

} // namespace
