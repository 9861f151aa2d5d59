// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <numeric>

namespace {

using workers = bench::this_thread;

const bool reduce = workload::register_reduce<workers>(
    "serial", 1, [](workers&, const double* first, const double* last) { return std::reduce(first, last); });
const bool transform = workload::register_write<workers>(workload::transforming, "serial", 1,
                                                         [](workers&, const double* in, std::size_t n, double* out) {
                                                             return std::transform(in, in + n, out, workload::mapped);
                                                         });
const bool scan = workload::register_write<workers>(
    workload::scanning, "serial", 1,
    [](workers&, const double* in, std::size_t n, double* out) { return std::inclusive_scan(in, in + n, out); });
const bool copy_if = workload::register_write<workers>(workload::selecting, "serial", 1,
                                                       [](workers&, const double* in, std::size_t n, double* out) {
                                                           return std::copy_if(in, in + n, out, workload::is_wanted);
                                                       });
const bool copy = workload::register_write<workers>(
    workload::copying, "serial", 1,
    [](workers&, const double* in, std::size_t n, double* out) { return std::copy(in, in + n, out); });
const bool fill = workload::register_write<workers>(
    workload::filling, "serial", 1,
    [](workers&, const double*, std::size_t n, double* out) { return std::fill_n(out, n, 3.0); });

} // namespace
