// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "std_algorithms.hpp"
#include "support/serial_loops.hpp"

namespace {

using workers = bench::this_thread;

const bool all = [] {
    workload::register_std<workers>("serial", 1);
    workload::register_one<workers>(workload::shuffle, "serial", 1, [](workers&, workload::arrays& a) {
        std::shuffle(a.first.begin(), a.first.end(), std::mt19937_64(1));
    });
    return true;
}();

} // namespace
