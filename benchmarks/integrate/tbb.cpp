// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_invoke.h>

namespace {

double integrate(const workload::trapezoid& whole) {
    const workload::halves two(whole);
    if (two.are_as(whole)) return two.area();
    double a = 0, b = 0;
    tbb::parallel_invoke([&] { a = integrate(two.left); }, [&] { b = integrate(two.right); });
    return a + b;
}

const bench::registration
    with_tbb("integrate", "tbb", bench::each_count, [](benchmark::State& state, unsigned workers) {
        bench::tbb_workers tbb(workers);
        workload::measure_area(state, [&] { return tbb.run([] { return integrate(workload::whole()); }); });
    });

} // namespace
