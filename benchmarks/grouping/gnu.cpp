// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/gnu_workers.hpp"
#include "workload.hpp"

#include <parallel/algorithm>

namespace {

const bool sorts = workload::register_sorted<bench::gnu_workers>(
    "gnu", bench::each_count, [](bench::gnu_workers&, std::vector<workload::pair>& pairs) {
        __gnu_parallel::sort(pairs.begin(), pairs.end(), workload::by_key);
    });

} // namespace
