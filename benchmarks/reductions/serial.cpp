// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "support/sum.hpp"
#include "workload.hpp"

namespace {

double add(bench::this_thread&, const double* from, std::size_t n) {
    double sum = 0;
    for (std::size_t i = 0; i != n; ++i) sum += from[i];
    return sum;
}

double add_stretch(bench::this_thread&, const double* from, std::size_t n) { return bench::sum_of(from, from + n); }

const bool reduces = workload::register_sums<bench::this_thread>("reduce_", "serial", 1, add);
const bool folds = workload::register_sums<bench::this_thread>("fold_", "serial", 1, add_stretch);

} // namespace
