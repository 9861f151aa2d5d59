// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// reductions: the sum of 1 000, 100 000 and 10 000 000 doubles; the last do not fit the caches. reduce_N adds one number after
// the other, but in OpenMP's variant omp_simd. fold_N adds stretches, with eight sums side by side, and is as fast as memory. Variants called deterministic
// group the numbers in the same way on any number of threads. Work: O(n). Span: O(log n), deterministic O(√n).
#pragma once

#include "support/benchmark.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace workload {

inline constexpr std::array<std::size_t, 3> sizes{1'000, 100'000, 10'000'000};

/// The i-th number is a whole one, so that sums are exact in any order.
inline std::uint64_t number(std::uint64_t i) { return i * i % 13; }

inline const double* numbers() {
    static const std::vector<double> all = [] {
        std::vector<double> made(sizes.back());
        for (std::size_t i = 0; i != made.size(); ++i) made[i] = static_cast<double>(number(i));
        return made;
    }();
    return all.data();
}
inline double answer(std::size_t n) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i != n; ++i) sum += number(i);
    return static_cast<double>(sum);
}

/// Registers sum(workers, numbers, n) for every size, as prefix_N.
template <class Workers, class Sum>
bool register_sums(const char* prefix, const char* runtime, unsigned count, Sum sum) {
    for (const std::size_t n : sizes) {
        const bench::registration one(
            prefix + std::to_string(n), runtime, count, [sum, n](benchmark::State& state, unsigned workers_count) {
                Workers workers(workers_count);
                bench::measure(state, answer(n), [&, from = numbers()] { return sum(workers, from, n); });
            });
    }
    return true;
}

} // namespace workload
