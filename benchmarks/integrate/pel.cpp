// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_invoke.hpp>

namespace {

double integrate(const workload::trapezoid& whole) {
    const workload::halves two(whole);
    if (two.are_as(whole)) return two.area();
    double a = 0, b = 0;
    pel::parallel_invoke([&] { a = integrate(two.left); }, [&] { b = integrate(two.right); });
    return a + b;
}

const bench::registration
    with_pel("integrate", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
        bench::pel_workers pel(workers);
        workload::measure_area(state, [&] { return pel.run([] { return integrate(workload::whole()); }); });
    });

} // namespace
