// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_invoke.h>

namespace {

void multiply(workload::view a, workload::view b, workload::view c, std::size_t size) {
    if (size == workload::block) return workload::multiply_block(a, b, c);
    workload::multiply_quadrants(a, b, c, size, multiply, [](auto... products) { tbb::parallel_invoke(products...); });
}

const bench::registration with_tbb("matmul", "tbb", bench::each_count, [](benchmark::State& state, unsigned workers) {
    workload::operands m;
    bench::tbb_workers tbb(workers);
    workload::measure_product(state, m, [&] { tbb.run([&] { multiply(m.a(), m.b(), m.c(), m.size()); }); });
});

} // namespace
