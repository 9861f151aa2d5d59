// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel mode, which runs on OpenMP, with a given number of threads.
#pragma once

#include "omp_workers.hpp"

namespace bench {

struct gnu_workers : omp_workers {
    explicit gnu_workers(unsigned count) : omp_workers(count) { omp_set_num_threads(static_cast<int>(count)); }
    auto run(const auto& f) { return f(); } // which makes a team itself
};

} // namespace bench
