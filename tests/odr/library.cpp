// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "library.hpp"

#include <pel/pel.hpp>

long sum_in_library(long n) {
    return pel::parallel_reduce(0L, n, 0L, [](long i) { return i + 1; }, [](long a, long b) { return a + b; });
}

const void* default_pool_in_library() { return &pel::default_pool(); }

unsigned index_in_library() { return pel::this_worker::index(); }

unsigned index_of_task(pel::thread_pool& pool) {
    return pool.execute([] { return pel::this_worker::index(); });
}
