// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/md_range.hpp>

namespace {

struct loop_in_loop {
    using workers = bench::pel_workers;
    void operator()(workers& pel, std::size_t outer, std::size_t inner, const workload::body& body) const {
        pel::parallel_for(pel.policy(), std::size_t{0}, outer, [inner, body](std::size_t i) {
            pel::parallel_for(std::size_t{0}, inner, [i, body](std::size_t j) { body(i, j); });
        });
    }
};

struct one_range {
    using workers = bench::pel_workers;
    void operator()(workers& pel, std::size_t outer, std::size_t inner, const workload::body& body) const {
        pel::parallel_for(pel.policy(), pel::md_range{outer, inner}, body);
    }
};

const bool nested = workload::register_loops("pel", 2, loop_in_loop());
const bool merged = workload::register_loops("pel_md", 2, one_range());

} // namespace
