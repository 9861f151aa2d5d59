// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

std::uint64_t by_loop(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
#pragma omp taskloop untied grainsize(1) shared(parts) firstprivate(number, size)
    for (std::uint64_t i = 0; i < workload::children; ++i) parts[i] = by_loop(number + i * size, size);
    return workload::sum(parts);
}

/// The runtime chooses how many children are a task.
std::uint64_t by_grained_loop(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
#pragma omp taskloop untied shared(parts) firstprivate(number, size)
    for (std::uint64_t i = 0; i < workload::children; ++i) parts[i] = by_grained_loop(number + i * size, size);
    return workload::sum(parts);
}

std::uint64_t by_group(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
    for (std::uint64_t i = 0; i != workload::children; ++i) {
#pragma omp task untied shared(parts) firstprivate(i, number, size)
        parts[i] = by_group(number + i * size, size);
    }
#pragma omp taskwait
    return workload::sum(parts);
}

template <std::uint64_t (*Search)(std::uint64_t, std::uint64_t)>
void measure(benchmark::State& state, unsigned workers) {
    bench::omp_workers omp(workers);
    bench::measure(state, workload::answer(), [&] { return omp.run([] { return Search(0, workload::leaves()); }); });
}

const bench::registration loop("skynet_loop", "omp", bench::each_count, measure<by_loop>);
const bench::registration grained_loop("skynet_loop", "omp_own_grain", bench::each_count, measure<by_grained_loop>);
const bench::registration group("skynet_group", "omp", bench::each_count, measure<by_group>);

} // namespace
