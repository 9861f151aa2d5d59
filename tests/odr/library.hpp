// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <pel/thread_pool.hpp>

#pragma GCC visibility push(default) // what a hidden library has to offer

/// The sum of 1..n, computed in parallel inside the shared object.
long sum_in_library(long n);

/// The address of the default pool as the shared object sees it.
const void* default_pool_in_library();

/// This thread's number in its pool as the shared object sees it.
unsigned index_in_library();

/// The same of a task that the shared object has that pool run.
unsigned index_of_task(pel::thread_pool& pool);

#pragma GCC visibility pop
