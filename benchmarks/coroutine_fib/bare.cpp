// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/bare_coroutine.hpp"
#include "workload.hpp"

namespace {

bench::lazy fib(unsigned n) {
    if (n < 2) co_return n;
    const std::uint64_t a = co_await fib(n - 1);
    const std::uint64_t b = co_await fib(n - 2);
    co_return a + b;
}

const bench::registration bare("coroutine_fib", "bare", 1, [](benchmark::State& state, unsigned) {
    bench::measure(state, workload::answer(), [] { return fib(workload::n()).run(); });
});

} // namespace
