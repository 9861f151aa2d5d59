// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What recursions that count Fibonacci numbers must come to.
#pragma once

#include <cstdint>

namespace bench {

/// Returns: the n-th, by adding up.
constexpr std::uint64_t fibonacci(unsigned n) {
    std::uint64_t last = 0, next = 1;
    for (; n != 0; --n) {
        const std::uint64_t sum = last + next;
        last = next;
        next = sum;
    }
    return last;
}

} // namespace bench
