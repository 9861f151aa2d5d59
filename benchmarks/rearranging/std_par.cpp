// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel algorithms, which run on TBB.
#include "std_algorithms.hpp"
#include "support/tbb_workers.hpp"

#include <execution>

namespace {

const bool all = (workload::register_std<bench::tbb_workers>("stdpar", bench::each_count, std::execution::par), true);

} // namespace
