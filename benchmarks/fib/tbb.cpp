// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/parallel_invoke.h>

namespace {

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0, b = 0;
    tbb::parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
}

const bench::registration with_tbb("fib", "tbb", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::tbb_workers tbb(workers);
    bench::measure(state, workload::answer(), [&] { return tbb.run([] { return fib(workload::n()); }); });
});

} // namespace
