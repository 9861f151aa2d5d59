// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

struct plain_loops {
    using workers = bench::this_thread;
    void operator()(workers&, std::size_t outer, std::size_t inner, const workload::body body) const {
        bench::hide(outer); // as unknown to the compiler as they are to the others
        bench::hide(inner);
        for (std::size_t i = 0; i != outer; ++i) {
            for (std::size_t j = 0; j != inner; ++j) body(i, j);
        }
    }
};

const bool loops = workload::register_loops("serial", 1, plain_loops());

} // namespace
