// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fib_shared: fib, its code inside a shared object built with -fPIC, where thread-local variables cost more. The serial
// recursion and the forks are both in there; the pool is the caller's.
#pragma once

#include "fib/workload.hpp"

#include <pel/thread_pool.hpp>

#include <cstdint>

namespace workload {

// In shared/.
std::uint64_t serial_fib(unsigned n);
std::uint64_t forking_fib(pel::thread_pool& pool, unsigned n);

} // namespace workload
