// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_invoke: many small forks with 1 to 4 workers, values, and an exception out of the nested call.
#include "smoke.hpp"

#include <pel/parallel_invoke.hpp>
#include <pel/thread_pool.hpp>

#include <stdexcept>

namespace {

long fib(long n) {
    if (n < 2) {
        return n;
    }
    long left = 0;
    long right = 0;
    pel::parallel_invoke([&] { left = fib(n - 1); }, [&] { right = fib(n - 2); });
    return left + right;
}

void throw_at(int depth) {
    if (depth == 0) {
        throw std::runtime_error("the bottom");
    }
    pel::parallel_invoke([&] { throw_at(depth - 1); }, [] { fib(5); });
}

} // namespace

int main() {
    for (unsigned workers = 1; workers <= 4; ++workers) {
        pel::thread_pool pool(workers);
        for (int round = 0; round < 5; ++round) {
            smoke::check(pool.execute([] { return fib(20); }) == 6765, "fib(20)");
        }
        bool caught = false;
        try {
            pool.execute([] { throw_at(10); });
        } catch (const std::runtime_error&) {
            caught = true;
        }
        smoke::check(caught, "the exception of the bottom arrives at the top");
    }
    smoke::check(fib(15) == 610, "fib(15) in the default pool");
}
