// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop with each of OpenMP's schedules.
#pragma once

#include "omp_workers.hpp"

#include <cstddef>

namespace bench {

struct omp_static_loop {
    using workers = omp_workers;
    template <class Body>
    void operator()(workers& omp, std::size_t n, const Body body) const {
#pragma omp parallel for num_threads(omp.count()) firstprivate(body) schedule(static)
        for (std::size_t i = 0; i < n; ++i) body(i);
    }
};

struct omp_dynamic_loop {
    using workers = omp_workers;
    template <class Body>
    void operator()(workers& omp, std::size_t n, const Body body) const {
#pragma omp parallel for num_threads(omp.count()) firstprivate(body) schedule(dynamic)
        for (std::size_t i = 0; i < n; ++i) body(i);
    }
};

struct omp_guided_loop {
    using workers = omp_workers;
    template <class Body>
    void operator()(workers& omp, std::size_t n, const Body body) const {
#pragma omp parallel for num_threads(omp.count()) firstprivate(body) schedule(guided)
        for (std::size_t i = 0; i < n; ++i) body(i);
    }
};

/// What a program chooses that knows that its items are short and of different lengths.
struct omp_dynamic_64_loop {
    using workers = omp_workers;
    template <class Body>
    void operator()(workers& omp, std::size_t n, const Body body) const {
#pragma omp parallel for num_threads(omp.count()) firstprivate(body) schedule(dynamic, 64)
        for (std::size_t i = 0; i < n; ++i) body(i);
    }
};

/// Calls add(runtime, loop) for each of the three as they come.
template <class Add>
bool with_each_schedule(const Add& add) {
    add("omp_static", omp_static_loop());
    add("omp_dynamic", omp_dynamic_loop());
    add("omp_guided", omp_guided_loop());
    return true;
}

} // namespace bench
