// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <pel/thread_pool.hpp>
#include <pel/topology.hpp>

#include <utility>

#ifndef PEL_NO_HWLOC

namespace {

unsigned plan(const std::string& description) {
    pel::thread_pool_options options;
    options.topology = pel::topology::from_synthetic(description);
    options.concurrency = options.topology.concurrency();
    const pel::thread_pool pool(std::move(options));
    unsigned tier = pool.tier(0, pool.concurrency() - 1); // needs the whole plan
    bench::hide(tier);
    return pool.concurrency();
}

const workload::all_machines with_pel("pel", plan);

} // namespace

#endif
