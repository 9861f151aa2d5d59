// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Work that takes a known time. It looks at the clock instead of counting steps, so that frequency, a busy sibling and
// the compiler do not change what "an item of 100 µs" is.
#pragma once

#include <chrono>

namespace bench {

using clock = std::chrono::steady_clock;

inline void spin_for(std::chrono::nanoseconds duration) {
    const clock::time_point end = clock::now() + duration;
    while (clock::now() < end) {
    }
}

inline double seconds_since(clock::time_point start) {
    return std::chrono::duration<double>(clock::now() - start).count();
}

} // namespace bench
