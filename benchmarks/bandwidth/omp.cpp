// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenMP's static loops, which are what the memory can do as well: as plain_omp those that only move as many bytes as the
// scan and copy_if. And loops whose threads are at four places at a time (plain_streams), which hides more of what a new
// page costs than one place does.
#include "support/omp_loops.hpp"
#include "support/sum.hpp"
#include "workload.hpp"

#include <array>

namespace {

struct workers : bench::omp_workers {
    using omp_workers::omp_workers;
    auto run(const auto& f) { return f(); } // which makes a team itself
};

/// Calls body(first, last), on each thread with its part of [0, n).
void share(workers& omp, std::size_t n, const auto& body) {
#pragma omp parallel num_threads(omp.count())
    {
        const auto threads = static_cast<std::size_t>(omp_get_num_threads());
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        body(n * me / threads, n * (me + 1) / threads);
    }
}

struct static_loop : bench::omp_static_loop {
    using workers = ::workers;
};

struct streams_loop {
    using workers = ::workers;
    static constexpr std::size_t streams = 4, line = 8;

    void operator()(workers& omp, std::size_t n, const auto body) const {
        share(omp, n, [body](std::size_t first, std::size_t last) {
            const std::size_t distance = (last - first) / streams / line * line;
            for (std::size_t i = first; i != first + distance; i += line) {
                for (std::size_t stream = 0; stream != streams; ++stream) {
                    for (std::size_t each = 0; each != line; ++each) body(i + stream * distance + each);
                }
            }
            for (std::size_t i = first + streams * distance; i != last; ++i) body(i);
        });
    }
};

double sum_of_streams(const double* first, const double* last) {
    constexpr std::size_t streams = streams_loop::streams, line = streams_loop::line;
    const std::size_t distance = static_cast<std::size_t>(last - first) / streams / line * line;
    std::array<double, streams * line> sums{};
    for (std::size_t i = 0; i != distance; i += line) {
        for (std::size_t stream = 0; stream != streams; ++stream) {
            for (std::size_t each = 0; each != line; ++each)
                sums[stream * line + each] += first[stream * distance + i + each];
        }
    }
    return bench::sum_of(sums.data(), sums.data() + sums.size()) + bench::sum_of(first + streams * distance, last);
}

template <double (*SumOf)(const double*, const double*)>
double sum(workers& omp, const double* first, const double* last) {
    double all = 0;
    share(omp, static_cast<std::size_t>(last - first), [first, &all](std::size_t begin, std::size_t end) {
        const double mine = SumOf(first + begin, first + end);
#pragma omp atomic
        all += mine;
    });
    return all;
}

const bool reads = workload::register_reduce<workers>("omp", bench::each_count, sum<bench::sum_of>);
const bool reads_by_streams =
    workload::register_reduce<workers>("plain_streams", bench::each_count, sum<sum_of_streams>);
const bool transforms = workload::register_plain_transform("omp", bench::each_count, static_loop());
const bool transforms_by_streams =
    workload::register_plain_transform("plain_streams", bench::each_count, streams_loop());
const bool writes = workload::register_plain_writes("plain_omp", bench::each_count, static_loop());
const bool writes_by_streams = workload::register_plain_writes("plain_streams", bench::each_count, streams_loop());

const bool copies = workload::register_write<workers>(workload::copying, "omp", bench::each_count,
                                                      [](workers& omp, const double* in, std::size_t n, double* out) {
                                                          static_loop()(omp, n, [=](std::size_t i) { out[i] = in[i]; });
                                                          return out + n;
                                                      });
const bool fills = workload::register_write<workers>(workload::filling, "omp", bench::each_count,
                                                     [](workers& omp, const double*, std::size_t n, double* out) {
                                                         static_loop()(omp, n, [=](std::size_t i) { out[i] = 3.0; });
                                                         return out + n;
                                                     });

} // namespace
