// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task_group.h>

namespace {

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0, b = 0;
    tbb::task_group group;
    group.run([&] { a = fib(n - 1); });
    group.run_and_wait([&] { b = fib(n - 2); });
    return a + b;
}

const bench::registration
    with_tbb("coroutine_fib", "tbb", bench::each_count, [](benchmark::State& state, unsigned workers) {
        bench::tbb_workers tbb(workers);
        bench::measure(state, workload::answer(), [&] { return tbb.run([] { return fib(workload::n()); }); });
    });

} // namespace
