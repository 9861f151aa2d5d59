// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fib_shared/workload.hpp"

#include <pel/parallel_invoke.hpp>

namespace {

std::uint64_t fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

std::uint64_t fork_fib(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0, b = 0;
    pel::parallel_invoke([&] { a = fork_fib(n - 1); }, [&] { b = fork_fib(n - 2); });
    return a + b;
}

} // namespace

std::uint64_t workload::serial_fib(unsigned n) { return fib(n); }

std::uint64_t workload::forking_fib(pel::thread_pool& pool, unsigned n) {
    return pool.execute([n] { return fork_fib(n); });
}
