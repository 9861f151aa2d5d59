// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

struct this_thread {
    explicit this_thread(unsigned) {}
};

const bool cells =
    workload::register_cells<this_thread>("serial", 1, [](this_thread&, std::size_t n, workload::body body) {
        bench::hide(n); // as unknown to the compiler as it is to the others
        for (std::size_t i = 0; i != n; ++i) body(i);
    });

} // namespace
