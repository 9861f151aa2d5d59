// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// coroutine_fib: the n-th Fibonacci number by a coroutine for each call, both halves awaited together: what does a
// coroutine cost? Beside it the same recursion by coroutines that know of no scheduler, and by tbb::task_group with plain
// functions. Work: 1.6^n coroutines that add two numbers. Span: n of them.
#pragma once

#include "support/benchmark.hpp"
#include "support/fibonacci.hpp"

#include <cstdint>

namespace workload {

inline unsigned n() { return static_cast<unsigned>(bench::size(33, 26)); }

inline std::uint64_t answer() { return bench::fibonacci(n()); }

} // namespace workload
