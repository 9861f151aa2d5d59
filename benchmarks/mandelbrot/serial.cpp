// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

namespace {

const bool loop = workload::register_loop("serial", 1, bench::serial_loop());

} // namespace

const workload::picture& workload::answer() {
    static const picture drawn = [] {
        picture canvas(bench::size(1024, 256));
        for (std::size_t row = 0; row != canvas.size(); ++row) canvas.draw(row);
        return canvas;
    }();
    return drawn;
}
