// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "correlation.hpp"

#include <cmath>
#include <numeric>

namespace market_risk {

namespace {

constexpr double least_pivot = 1e-10; // what rounding may make of 0

} // namespace

correlation::correlation(std::span<const double> matrix, std::size_t size) : size_(size), factor_(size * size) {
    for (std::size_t i = 0; i != size; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            const auto left = row(i).first(j), above = row(j).first(j);
            const double rest = matrix[i * size + j] - std::inner_product(left.begin(), left.end(), above.begin(), 0.0);
            if (i == j && !(rest > least_pivot)) {
                contradiction_ = i + 1;
                return;
            }
            factor_[i * size + j] = i == j ? std::sqrt(rest) : rest / factor_[j * size + j];
        }
    }
}

void correlation::apply(std::span<double> normals) const noexcept {
    for (std::size_t i = size_; i-- != 0;) {
        const auto factors = row(i);
        normals[i] = std::inner_product(factors.begin(), factors.end(), normals.begin(), 0.0);
    }
}

} // namespace market_risk
