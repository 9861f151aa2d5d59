// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program chooses that knows its sizes: OpenMP starts no threads in a region inside another one.
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

struct outer_only {
    using workers = bench::omp_workers;
    void operator()(workers& omp, std::size_t outer, std::size_t inner, const workload::body body) const {
#pragma omp parallel for num_threads(omp.count()) firstprivate(body, inner) schedule(static)
        for (std::size_t i = 0; i < outer; ++i) {
            for (std::size_t j = 0; j < inner; ++j) body(i, j);
        }
    }
};

/// A region costs as much as a thousand items.
struct inner_only {
    using workers = bench::omp_workers;
    void operator()(workers& omp, std::size_t outer, std::size_t inner, const workload::body body) const {
        for (std::size_t i = 0; i < outer; ++i) {
#pragma omp parallel for num_threads(omp.count()) firstprivate(body, i) schedule(static) if (inner >= 1000)
            for (std::size_t j = 0; j < inner; ++j) body(i, j);
        }
    }
};

struct both {
    using workers = bench::omp_workers;
    void operator()(workers& omp, std::size_t outer, std::size_t inner, const workload::body body) const {
#pragma omp parallel for collapse(2) num_threads(omp.count()) firstprivate(body) schedule(static)
        for (std::size_t i = 0; i < outer; ++i) {
            for (std::size_t j = 0; j < inner; ++j) body(i, j);
        }
    }
};

const bool outer = workload::register_loops("omp_outer", 2, outer_only());
const bool inner = workload::register_loops("omp_inner", 2, inner_only());
const bool collapsed = workload::register_loops("omp_collapse", 2, both());
const bench::openmp_processes others;

} // namespace
