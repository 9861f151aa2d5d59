// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several functions at the same time with oneTBB.
#pragma once

#include "tbb_workers.hpp"

#include <tbb/parallel_invoke.h>

namespace bench {

struct tbb_invoke {
    using workers = tbb_workers;
    void operator()(const auto&... functions) const { tbb::parallel_invoke(functions...); }
};

} // namespace bench
