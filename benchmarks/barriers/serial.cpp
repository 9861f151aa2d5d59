// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

void alone(workload::meeting& all) {
    workload::meet_in_threads(all, [](unsigned, std::uint32_t) {});
}

const bool barrier = workload::register_meetings("barrier", "serial", {1}, alone);
const bool latch = workload::register_meetings("latch", "serial", {1}, alone);

} // namespace
