// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel algorithms, which run on TBB.
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <algorithm>
#include <execution>

namespace {

const bool searches = workload::register_searches<bench::tbb_workers>(
    "stdpar", bench::each_count, [](bench::tbb_workers&, auto first, auto last, auto wanted) {
        return std::find_if(std::execution::par, first, last, wanted);
    });

} // namespace
