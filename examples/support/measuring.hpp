// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long variants of a program take.
#pragma once

#include "report_text.hpp"

#include <chrono>
#include <string>

namespace support {

template <class Function>
double seconds_of(Function function) {
    const auto begin = std::chrono::steady_clock::now();
    function();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// best: 0 if there is none yet.
inline void keep_best(double& best, double seconds) {
    if (best == 0 || seconds < best) best = seconds;
}

/// Returns: "1 worker", "2 workers".
inline std::string count_of(unsigned count, const char* what) {
    return std::to_string(count) + ' ' + what + plural(count);
}

} // namespace support
