// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sum of a stretch of numbers, as fast as they can be read.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>

namespace bench {

/// With eight sums side by side: none waits for the one before.
inline double sum_of(const double* first, const double* last) {
    std::array<double, 8> sums{};
    for (; last - first >= std::ssize(sums); first += sums.size()) {
        for (std::size_t i = 0; i != sums.size(); ++i) sums[i] += first[i];
    }
    double sum = 0;
    for (const double one : sums) sum += one;
    for (; first != last; ++first) sum += *first;
    return sum;
}

} // namespace bench
