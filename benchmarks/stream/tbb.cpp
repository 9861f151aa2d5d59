// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>

namespace {

const bool loops = workload::register_levels<bench::tbb_workers>("tbb", [](std::size_t n, const auto& body) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n), [&](const tbb::blocked_range<std::size_t>& part) {
        for (std::size_t i = part.begin(); i != part.end(); ++i) body(i);
    });
});

} // namespace
