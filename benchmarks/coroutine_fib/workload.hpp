// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// coroutine_fib: the n-th Fibonacci number by a coroutine for each call, both halves awaited together: what does a
// coroutine cost? Beside it the same recursion by coroutines that know of no scheduler, and by tbb::task_group with plain
// functions. Work: 1.6^n coroutines that add two numbers. Span: n of them.
#pragma once

#include "support/benchmark.hpp"

#include <cstdint>

namespace workload {

inline unsigned n() { return static_cast<unsigned>(bench::size(33, 26)); }

/// The answer, by adding up.
inline std::uint64_t answer() {
    std::uint64_t last = 0, next = 1;
    for (unsigned i = n(); i != 0; --i) {
        const std::uint64_t sum = last + next;
        last = next;
        next = sum;
    }
    return last;
}

} // namespace workload
