// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_loops.hpp"
#include "workload.hpp"

namespace {

const bool loops = workload::register_levels<bench::pel_workers>(
    "pel", [](std::size_t n, const auto& body) { pel::parallel_for(std::size_t{0}, n, body); });
const bool triad = workload::register_stream("pel", bench::each_count, bench::pel_loop());
const bool triad_replayed = workload::register_stream("pel_replay", bench::each_count, bench::pel_replayed_loop());

} // namespace
