// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

double integrate(const workload::trapezoid& whole) {
    const workload::halves two(whole);
    if (two.are_as(whole)) return two.area();
    return integrate(two.left) + integrate(two.right);
}

const bench::registration serial("integrate", "serial", 1, [](benchmark::State& state, unsigned) {
    workload::measure_area(state, [] { return integrate(workload::whole()); });
});

} // namespace
