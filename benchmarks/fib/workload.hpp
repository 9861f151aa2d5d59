// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fib: the n-th Fibonacci number by plain recursion, a fork in every call and no cutoff: what does a fork cost?
// Work: 1.6^n calls that add two numbers. Span: n calls.
#pragma once

#include "support/benchmark.hpp"
#include "support/fibonacci.hpp"

#include <cstdint>

namespace workload {

inline unsigned n() { return static_cast<unsigned>(bench::size(37, 27)); }

inline std::uint64_t answer() { return bench::fibonacci(n()); }

} // namespace workload
