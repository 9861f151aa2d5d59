// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libstdc++'s parallel algorithms, which run on TBB.
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <execution>
#include <numeric>

namespace {

using std::execution::par;
using workers = bench::tbb_workers;

const bool reduce = workload::register_reduce<workers>(
    "stdpar", bench::each_count,
    [](workers&, const double* first, const double* last) { return std::reduce(par, first, last); });
const bool transform = workload::register_write<workers>(
    workload::transforming, "stdpar", bench::each_count, [](workers&, const double* in, std::size_t n, double* out) {
        return std::transform(par, in, in + n, out, workload::mapped);
    });
const bool scan = workload::register_write<workers>(
    workload::scanning, "stdpar", bench::each_count,
    [](workers&, const double* in, std::size_t n, double* out) { return std::inclusive_scan(par, in, in + n, out); });
const bool copy_if = workload::register_write<workers>(
    workload::selecting, "stdpar", bench::each_count, [](workers&, const double* in, std::size_t n, double* out) {
        return std::copy_if(par, in, in + n, out, workload::is_wanted);
    });
const bool copy = workload::register_write<workers>(
    workload::copying, "stdpar", bench::each_count,
    [](workers&, const double* in, std::size_t n, double* out) { return std::copy(par, in, in + n, out); });
const bool fill = workload::register_write<workers>(
    workload::filling, "stdpar", bench::each_count,
    [](workers&, const double*, std::size_t n, double* out) { return std::fill_n(par, out, n, 3.0); });

} // namespace
