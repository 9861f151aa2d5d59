// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

std::uint64_t skynet(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
    for (std::uint64_t i = 0; i != workload::children; ++i) parts[i] = skynet(number + i * size, size);
    return workload::sum(parts);
}

void run(benchmark::State& state, unsigned) {
    std::uint64_t leaves = workload::leaves();
    bench::measure(state, workload::answer(), [&] {
        bench::hide(leaves);
        return skynet(0, leaves);
    });
}

const bench::registration loop("skynet_loop", "serial", 1, run);
const bench::registration group("skynet_group", "serial", 1, run);

} // namespace
