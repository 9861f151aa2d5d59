// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>

namespace {

const workload::both_forms with_tbb(
    "tbb", [](const auto& f, const auto& g) { tbb::parallel_invoke(f, g); },
    [](int n, const auto& body) { tbb::parallel_for(0, n, body); });

} // namespace
