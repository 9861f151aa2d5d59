// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_invoke.hpp>

namespace {

void multiply(workload::view a, workload::view b, workload::view c, std::size_t size) {
    if (size == workload::block) return workload::multiply_block(a, b, c);
    workload::multiply_quadrants(a, b, c, size, multiply, [](auto... products) { pel::parallel_invoke(products...); });
}

const bench::registration with_pel("matmul", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
    workload::operands m;
    bench::pel_workers pel(workers);
    workload::measure_product(state, m, [&] { pel.run([&] { multiply(m.a(), m.b(), m.c(), m.size()); }); });
});

} // namespace
