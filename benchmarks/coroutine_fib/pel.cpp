// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>

namespace {

pel::task<std::uint64_t> fib(unsigned n) {
    if (n < 2) co_return n;
    auto [a, b] = co_await pel::when_all(fib(n - 1), fib(n - 2));
    co_return a + b;
}

const bench::registration with_pel("coroutine_fib", "pel", bench::each_count,
                                   [](benchmark::State& state, unsigned workers) {
                                       bench::pel_workers pel(workers);
                                       bench::measure(state, workload::answer(), [&] {
                                           return pel.run([] { return pel::sync_wait(fib(workload::n())); });
                                       });
                                   });

} // namespace
