// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An executable and a shared object use PEL in one process: there is one default pool, and calls nest across the border.
// Pools are handed over, and a thread is the same worker on either side. Also where both are compiled with -fvisibility=hidden.
#include "library.hpp"

#include <pel/pel.hpp>

#include <cstdio>

int main() {
    const long n = 100'000;
    long left = 0;
    long right = 0;
    pel::parallel_invoke([&] { left = sum_in_library(n); }, [&] { right = sum_in_library(n); });
    const bool one_pool = &pel::default_pool() == default_pool_in_library();
    pel::thread_pool pool(2);
    const bool one_worker = pool.execute([&] {
        const unsigned here = pel::this_worker::index();
        return here != pel::this_worker::no_index && index_in_library() == here && index_of_task(pool) == here;
    });
    std::printf("sums %ld and %ld, %s default pool, %s worker\n", left, right, one_pool ? "one" : "more than one",
                one_worker ? "one" : "more than one");
    return left == n * (n + 1) / 2 && right == left && one_pool && one_worker ? 0 : 1;
}
