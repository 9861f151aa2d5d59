// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// It has no copy_if.
#include "support/gnu_workers.hpp"
#include "workload.hpp"

#include <parallel/algorithm>
#include <parallel/numeric>

namespace {

using workers = bench::gnu_workers;

const bool reduce =
    workload::register_reduce<workers>("gnu", bench::each_count, [](workers&, const double* first, const double* last) {
        return __gnu_parallel::accumulate(first, last, 0.0);
    });
const bool transform = workload::register_write<workers>(
    workload::transforming, "gnu", bench::each_count, [](workers&, const double* in, std::size_t n, double* out) {
        return __gnu_parallel::transform(in, in + n, out, workload::mapped);
    });
const bool scan = workload::register_write<workers>(workload::scanning, "gnu", bench::each_count,
                                                    [](workers&, const double* in, std::size_t n, double* out) {
                                                        return __gnu_parallel::partial_sum(in, in + n, out);
                                                    });

} // namespace
