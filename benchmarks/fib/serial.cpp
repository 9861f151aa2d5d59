// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

std::uint64_t fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

/// The same with every call made. (g++ turns most calls of the recursion above into loops, clang every second one.)
[[gnu::noinline]] std::uint64_t fib_by_calls(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = fib_by_calls(n - 1);
    bench::hide(a);
    std::uint64_t b = fib_by_calls(n - 2);
    bench::hide(b);
    return a + b;
}

void measure(benchmark::State& state, std::uint64_t (*call)(unsigned)) {
    unsigned n = workload::n();
    bench::measure(state, workload::answer(), [&] {
        bench::hide(n);
        return call(n);
    });
}

const bench::registration serial("fib", "serial", 1, [](benchmark::State& state, unsigned) { measure(state, fib); });
const bench::registration serial_calls("fib", "serial_calls", 1,
                                       [](benchmark::State& state, unsigned) { measure(state, fib_by_calls); });

} // namespace
