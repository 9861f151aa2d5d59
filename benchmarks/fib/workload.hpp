// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fib: the n-th Fibonacci number by plain recursion, a fork in every call and no cutoff: what does a fork cost?
// Work: 1.6^n calls that add two numbers. Span: n calls.
#pragma once

#include "support/benchmark.hpp"

#include <cstdint>

namespace workload {

inline unsigned n() { return static_cast<unsigned>(bench::size(37, 27)); }

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
