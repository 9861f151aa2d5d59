// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

template <class A, class B, class C, class D>
void call_four(const A& a, const B& b, const C& c, const D& d) {
#pragma omp task untied shared(a)
    a();
#pragma omp task untied shared(b)
    b();
#pragma omp task untied shared(c)
    c();
    d();
#pragma omp taskwait
}

void multiply(workload::view a, workload::view b, workload::view c, std::size_t size) {
    if (size == workload::block) return workload::multiply_block(a, b, c);
    workload::multiply_quadrants(a, b, c, size, multiply, [](const auto&... products) { call_four(products...); });
}

const bench::registration with_omp("matmul", "omp", bench::each_count, [](benchmark::State& state, unsigned workers) {
    workload::operands m;
    bench::omp_workers omp(workers);
    workload::measure_product(state, m, [&] { omp.run([&] { multiply(m.a(), m.b(), m.c(), m.size()); }); });
});

} // namespace
