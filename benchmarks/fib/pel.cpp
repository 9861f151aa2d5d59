// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/parallel_invoke.hpp>

namespace {

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0, b = 0;
    pel::parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
}

const bench::registration with_pel("fib", "pel", bench::each_count, [](benchmark::State& state, unsigned workers) {
    bench::pel_workers pel(workers);
    bench::measure(state, workload::answer(), [&] { return pel.run([] { return fib(workload::n()); }); });
});

const bench::second_process no_membarrier("PEL_NO_MEMBARRIER=1", "no_membarrier", "/(serial|pel|tbb)/");

} // namespace
