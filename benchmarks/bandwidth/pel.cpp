// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_loops.hpp"
#include "support/sum.hpp"
#include "workload.hpp"

#include <pel/algorithm/copy.hpp>
#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/fill.hpp>
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/scan.hpp>
#include <pel/algorithm/transform.hpp>
#include <pel/parallel_reduce.hpp>

#include <functional>

namespace {

using workers = bench::pel_workers;

const bool reduce = workload::register_reduce<workers>(
    "pel", bench::each_count,
    [](workers& on, const double* first, const double* last) { return pel::reduce(on.policy(), first, last); });
const bool transform = workload::register_write<workers>(
    workload::transforming, "pel", bench::each_count, [](workers& on, const double* in, std::size_t n, double* out) {
        return pel::transform(on.policy(), in, in + n, out, workload::mapped);
    });
const bool scan = workload::register_write<workers>(workload::scanning, "pel", bench::each_count,
                                                    [](workers& on, const double* in, std::size_t n, double* out) {
                                                        return pel::inclusive_scan(on.policy(), in, in + n, out);
                                                    });
const bool copy_if = workload::register_write<workers>(
    workload::selecting, "pel", bench::each_count, [](workers& on, const double* in, std::size_t n, double* out) {
        return pel::copy_if(on.policy(), in, in + n, out, workload::is_wanted);
    });

const bool copy = workload::register_write<workers>(
    workload::copying, "pel", bench::each_count,
    [](workers& on, const double* in, std::size_t n, double* out) { return pel::copy(on.policy(), in, in + n, out); });
const bool fill = workload::register_write<workers>(
    workload::filling, "pel", bench::each_count,
    [](workers& on, const double*, std::size_t n, double* out) { return pel::fill_n(on.policy(), out, n, 3.0); });

const bool plain_reads = workload::register_reduce<workers>(
    "plain_pel", bench::each_count, [](workers& on, const double* first, const double* last) {
        return pel::parallel_fold(
            on.policy(), std::ptrdiff_t{0}, last - first, 0.0,
            [first](std::ptrdiff_t begin, std::ptrdiff_t end, double before) {
                return before + bench::sum_of(first + begin, first + end);
            },
            std::plus<>());
    });
const bool plain_transforms = workload::register_plain_transform("plain_pel", bench::each_count, bench::pel_loop());
const bool plain_writes = workload::register_plain_writes("plain_pel", bench::each_count, bench::pel_loop());

} // namespace
