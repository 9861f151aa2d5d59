// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

double integrate(const workload::trapezoid& whole) {
    const workload::halves two(whole);
    if (two.are_as(whole)) return two.area();
    double a = 0;
#pragma omp task untied shared(a, two)
    a = integrate(two.left);
    const double b = integrate(two.right);
#pragma omp taskwait
    return a + b;
}

const bench::registration
    with_omp("integrate", "omp", bench::each_count, [](benchmark::State& state, unsigned workers) {
        bench::omp_workers omp(workers);
        workload::measure_area(state, [&] { return omp.run([] { return integrate(workload::whole()); }); });
    });

} // namespace
