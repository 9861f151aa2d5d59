// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>

namespace {

const workload::both_forms with_pel(
    "pel", [](const auto& f, const auto& g) { pel::parallel_invoke(f, g); },
    [](int n, const auto& body) { pel::parallel_for(0, n, body); });

} // namespace
