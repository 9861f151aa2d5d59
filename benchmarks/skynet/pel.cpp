// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_for.hpp>
#include <pel/task_group.hpp>

namespace {

std::uint64_t by_loop(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
    pel::parallel_for(std::uint64_t{0}, workload::children,
                      [&](std::uint64_t i) { parts[i] = by_loop(number + i * size, size); });
    return workload::sum(parts);
}

std::uint64_t by_group(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
    pel::task_group group;
    for (std::uint64_t i = 0; i != workload::children; ++i) {
        group.run([&parts, i, number, size] { parts[i] = by_group(number + i * size, size); });
    }
    (void)group.wait();
    return workload::sum(parts);
}

const bench::registration loop("skynet_loop", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::pel_workers pel(workers);
    bench::measure(state, workload::answer(), [&] { return pel.run([] { return by_loop(0, workload::leaves()); }); });
});

const bench::registration group("skynet_group", "pel", bench::each_count,
                                [](benchmark::State& state, unsigned workers) {
                                    bench::pel_workers pel(workers);
                                    bench::measure(state, workload::answer(), [&] {
                                        return pel.run([] { return by_group(0, workload::leaves()); });
                                    });
                                });

} // namespace
