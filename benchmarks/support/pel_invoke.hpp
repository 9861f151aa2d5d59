// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several functions at the same time with PEL.
#pragma once

#include "pel_workers.hpp"

#include <pel/parallel_invoke.hpp>

namespace bench {

struct pel_invoke {
    using workers = pel_workers;
    void operator()(const auto&... functions) const { pel::parallel_invoke(functions...); }
};

} // namespace bench
