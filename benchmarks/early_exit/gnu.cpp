// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/gnu_workers.hpp"
#include "workload.hpp"

#include <parallel/algorithm>

namespace {

const bool searches = workload::register_searches<bench::gnu_workers>(
    "gnu", bench::each_count, [](bench::gnu_workers&, auto first, auto last, auto wanted) {
        return __gnu_parallel::find_if(first, last, wanted);
    });

} // namespace
