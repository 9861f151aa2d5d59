// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An executable and a shared object use PEL in one process: there is one default pool, and calls nest across the border.
#include "library.hpp"

#include <pel/pel.hpp>

#include <cstdio>

int main() {
    const long n = 100'000;
    long left = 0;
    long right = 0;
    pel::parallel_invoke([&] { left = sum_in_library(n); }, [&] { right = sum_in_library(n); });
    const bool one_pool = &pel::default_pool() == default_pool_in_library();
    std::printf("sums %ld and %ld, %s default pool\n", left, right, one_pool ? "one" : "more than one");
    return left == n * (n + 1) / 2 && right == left && one_pool ? 0 : 1;
}
