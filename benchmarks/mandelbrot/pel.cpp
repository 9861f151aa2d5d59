// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_loops.hpp"
#include "workload.hpp"

#include <pel/md_range.hpp>

namespace {

struct pixel_loop {
    using workers = bench::pel_workers;
    void operator()(workers& pel, std::size_t size, const workload::body& body) const {
        pel::parallel_for(pel.policy(), pel::md_range{size, size}, body);
    }
};

const bool by_rows = workload::register_loop("pel", 2, bench::pel_loop());
const bool by_pixels = workload::register_loop("pel_md", 2, pixel_loop());

} // namespace
