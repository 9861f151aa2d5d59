// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

namespace {

std::uint64_t by_loop(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
    tbb::parallel_for(std::uint64_t{0}, workload::children,
                      [&](std::uint64_t i) { parts[i] = by_loop(number + i * size, size); });
    return workload::sum(parts);
}

std::uint64_t by_group(std::uint64_t number, std::uint64_t size) {
    if (size == 1) return number;
    size /= workload::children;
    workload::partial_sums parts;
    tbb::task_group group;
    for (std::uint64_t i = 0; i != workload::children; ++i) {
        group.run([&parts, i, number, size] { parts[i] = by_group(number + i * size, size); });
    }
    group.wait();
    return workload::sum(parts);
}

const bench::registration loop("skynet_loop", "tbb", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::tbb_workers tbb(workers);
    bench::measure(state, workload::answer(), [&] { return tbb.run([] { return by_loop(0, workload::leaves()); }); });
});

const bench::registration group("skynet_group", "tbb", bench::each_count,
                                [](benchmark::State& state, unsigned workers) {
                                    bench::tbb_workers tbb(workers);
                                    bench::measure(state, workload::answer(), [&] {
                                        return tbb.run([] { return by_group(0, workload::leaves()); });
                                    });
                                });

} // namespace
