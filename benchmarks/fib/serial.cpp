// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

std::uint64_t fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

const bench::registration serial("fib", "serial", 1, [](benchmark::State& state, unsigned) {
    unsigned n = workload::n();
    bench::measure(state, workload::answer(), [&] {
        bench::hide(n);
        return fib(n);
    });
});

} // namespace
