// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several functions at the same time with OpenMP: a task for each but the last.
#pragma once

#include "omp_workers.hpp"

namespace bench {

struct omp_invoke {
    using workers = omp_workers;

    void operator()(const auto&... functions) const {
        fork(functions...);
#pragma omp taskwait
    }

private:
    template <class F, class... Rest>
    static void fork(const F& function, const Rest&... rest) {
        if constexpr (sizeof...(rest) == 0) {
            function();
        } else {
            const F* const forked = &function; // by value: this frame is gone when the task runs
#pragma omp task untied firstprivate(forked)
            (*forked)();
            fork(rest...);
        }
    }
};

} // namespace bench
