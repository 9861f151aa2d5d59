// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0;
#pragma omp task untied shared(a) firstprivate(n)
    a = fib(n - 1);
    const std::uint64_t b = fib(n - 2);
#pragma omp taskwait
    return a + b;
}

const bench::registration with_omp("fib", "omp", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::omp_workers omp(workers);
    bench::measure(state, workload::answer(), [&] { return omp.run([] { return fib(workload::n()); }); });
});

} // namespace
