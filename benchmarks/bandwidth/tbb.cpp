// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// oneTBB's loops over stretches, each of which is one of std's algorithms. copy_if is a scan that counts.
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>
#include <tbb/parallel_scan.h>

#include <functional>
#include <numeric>

namespace {

using workers = bench::tbb_workers;
using range = tbb::blocked_range<const double*>;

double* transform_all(workers&, const double* in, std::size_t n, double* out) {
    tbb::parallel_for(range(in, in + n), [in, out](const range& part) {
        std::transform(part.begin(), part.end(), out + (part.begin() - in), workload::mapped);
    });
    return out + n;
}

double* copy_all(workers&, const double* in, std::size_t n, double* out) {
    tbb::parallel_for(range(in, in + n),
                      [in, out](const range& part) { std::copy(part.begin(), part.end(), out + (part.begin() - in)); });
    return out + n;
}
double* fill_all(workers&, const double*, std::size_t n, double* out) {
    tbb::parallel_for(tbb::blocked_range<double*>(out, out + n),
                      [](const tbb::blocked_range<double*>& part) { std::fill(part.begin(), part.end(), 3.0); });
    return out + n;
}

double* scan_all(workers&, const double* in, std::size_t n, double* out) {
    const auto step = [in, out](const range& part, double before, bool is_final) {
        if (!is_final) return std::reduce(part.begin(), part.end(), before);
        double* const end =
            std::inclusive_scan(part.begin(), part.end(), out + (part.begin() - in), std::plus<>(), before);
        return part.empty() ? before : end[-1];
    };
    tbb::parallel_scan(range(in, in + n), 0.0, step, std::plus<>());
    return out + n;
}

double* copy_wanted(workers&, const double* in, std::size_t n, double* out) {
    const auto step = [out](const range& part, std::ptrdiff_t before, bool is_final) {
        if (!is_final) return before + std::count_if(part.begin(), part.end(), workload::is_wanted);
        return std::copy_if(part.begin(), part.end(), out + before, workload::is_wanted) - out;
    };
    return out + tbb::parallel_scan(range(in, in + n), std::ptrdiff_t{0}, step, std::plus<>());
}

const bool reduce =
    workload::register_reduce<workers>("tbb", bench::each_count, [](workers&, const double* first, const double* last) {
        return tbb::parallel_reduce(
            range(first, last), 0.0,
            [](const range& part, double before) { return std::reduce(part.begin(), part.end(), before); },
            std::plus<>());
    });
const bool transform =
    workload::register_write<workers>(workload::transforming, "tbb", bench::each_count, transform_all);
const bool scan = workload::register_write<workers>(workload::scanning, "tbb", bench::each_count, scan_all);
const bool copy_if = workload::register_write<workers>(workload::selecting, "tbb", bench::each_count, copy_wanted);
const bool copy = workload::register_write<workers>(workload::copying, "tbb", bench::each_count, copy_all);
const bool fill = workload::register_write<workers>(workload::filling, "tbb", bench::each_count, fill_all);

} // namespace
