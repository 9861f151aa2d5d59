// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// spmv: y += A x, A a sparse matrix of 200 000 rows in CSR form. The rows' lengths follow a power law: half of them have 9
// entries at most, the longest 20 000. One item is a row. Work: O(entries). Span: the longest row.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace workload {

/// Whole numbers, small enough for every sum to be exact in any order.
class system {
public:
    explicit system(std::size_t rows) : x_(rows), y_(rows) {
        constexpr double shape = 1.2, least = 5;
        const double most = static_cast<double>(rows) / 10;
        std::mt19937_64 random(1);
        for (double& one : x_) one = static_cast<double>(random() % 8);
        for (std::size_t row = 0; row != rows; ++row) {
            const double part = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; // in (0, 1)
            const double length = std::min(least * std::pow(part, -1 / shape), most);
            starts_.push_back(starts_.back() + static_cast<std::size_t>(length));
        }
        columns_.resize(starts_.back());
        values_.resize(starts_.back());
        for (std::uint32_t& one : columns_) one = static_cast<std::uint32_t>(random() % rows);
        for (double& one : values_) one = static_cast<double>(random() % 8);
    }

    std::size_t rows() const { return y_.size(); }

    double product(std::size_t row) const {
        double sum = 0;
        for (std::size_t at = starts_[row]; at != starts_[row + 1]; ++at) sum += values_[at] * x_[columns_[at]];
        return sum;
    }
    void multiply(std::size_t row) { y_[row] += product(row); }

    void clear() { std::fill(y_.begin(), y_.end(), 0.0); }
    /// Returns: whether y is what `times` products make it.
    bool is_right(double times) const {
        for (std::size_t row = 0; row != rows(); ++row) {
            if (y_[row] != times * product(row)) return false;
        }
        return true;
    }

private:
    std::vector<std::size_t> starts_{0};
    std::vector<std::uint32_t> columns_;
    std::vector<double> values_, x_, y_;
};

/// Times loop(workers, rows, body).
template <class Loop>
void measure_loop(benchmark::State& state, unsigned count, const Loop& loop) {
    static system equations(bench::size(200'000, 50'000));
    equations.clear();
    typename Loop::workers workers(count);
    for (auto _ : state) {
        loop(workers, equations.rows(), [](std::size_t row) { equations.multiply(row); });
        benchmark::ClobberMemory();
    }
    if (!equations.is_right(static_cast<double>(state.iterations()))) bench::fail(state);
}

template <class Loop>
bool register_loop(const char* runtime, unsigned counts, Loop loop) {
    const bench::registration one(
        "spmv", runtime, counts, [loop](benchmark::State& state, unsigned count) { measure_loop(state, count, loop); });
    return true;
}

} // namespace workload
