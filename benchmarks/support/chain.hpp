// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Work whose length is a number of steps, the same for every runtime, and whose result can be verified.
#pragma once

#include "benchmark.hpp"

#include <cstddef>
#include <cstdint>

namespace bench {

/// Some steps of about 1.2 ns each, every one of which needs the one before; 0 steps are one operation.
inline std::uint32_t chain(std::uint32_t value, std::uint32_t steps) {
    std::uint32_t x = value | 1;
    for (std::uint32_t step = 0; step != steps; ++step) x = x * 1'664'525u + 1'013'904'223u;
    return x;
}

/// What loops over such work do: adds to the i-th sum. The shortest body, of 0 steps, is one addition.
struct chain_body {
    std::uint32_t* sums;
    std::uint32_t steps;
    void operator()(std::size_t i) const { sums[i] += chain(static_cast<std::uint32_t>(i), steps); }
};

/// Returns: what the compiler does not know, so that it cannot make one step of several.
inline std::uint32_t unknown(std::uint32_t steps) {
    hide(steps);
    return steps;
}

} // namespace bench
