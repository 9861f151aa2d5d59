// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/algorithm/find.hpp>

namespace {

struct called_from_main : bench::pel_workers {
    using pel_workers::pel_workers;
    auto run(const auto& f) { return f(); }
};

const bool searches = workload::register_searches<called_from_main>(
    "pel", bench::each_count, [](called_from_main& on, auto first, auto last, auto wanted) {
        return pel::find_if(on.policy(), first, last, wanted);
    });

} // namespace
