// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_invoke.hpp"
#include "workload.hpp"

#include <algorithm>

namespace workload {

void multiply_block(view a, view b, view c) {
    for (std::size_t i = 0; i != cutoff; ++i) std::fill_n(c.row(i), cutoff, 0.0);
    bench::add_product<cutoff>(a, b, c);
}

void add(view a, view b, view c, std::size_t size, double sign) {
    for (std::size_t i = 0; i != size; ++i) {
        const double *const from = a.row(i), *const other = b.row(i);
        double* const to = c.row(i);
        for (std::size_t j = 0; j != size; ++j) to[j] = from[j] + sign * other[j];
    }
}

void combine(const view (&products)[7], view c, std::size_t half) {
    for (std::size_t i = 0; i != half; ++i) {
        const double* p[7];
        for (std::size_t which = 0; which != 7; ++which) p[which] = products[which].row(i);
        double *const c11 = c.row(i), *const c12 = c11 + half, *const c21 = c.row(i + half), *const c22 = c21 + half;
        for (std::size_t j = 0; j != half; ++j) {
            c11[j] = p[0][j] + p[3][j] - p[4][j] + p[6][j];
            c12[j] = p[2][j] + p[4][j];
            c21[j] = p[1][j] + p[3][j];
            c22[j] = p[0][j] - p[1][j] + p[2][j] + p[5][j];
        }
    }
}

} // namespace workload

namespace {

const bool product = workload::register_multiply("serial", 1, bench::serial_invoke());

} // namespace
