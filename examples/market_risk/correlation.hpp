// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How independent normal numbers become correlated ones: by the Cholesky factor of the correlation matrix, which also
// says whether it is one.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace market_risk {

class correlation {
public:
    /// Requires: `matrix` is symmetric, row by row, `size` of them.
    correlation(std::span<const double> matrix, std::size_t size);

    std::size_t size() const noexcept { return size_; }

    /// Returns: if the matrix is not positive definite, how many of its first rows and columns are not already.
    std::optional<std::size_t> contradiction() const noexcept { return contradiction_; }

    /// Gives independent standard normal numbers the correlations, in place.
    void apply(std::span<double> normals) const noexcept;

private:
    std::span<const double> row(std::size_t i) const noexcept { return {factor_.data() + i * size_, i + 1}; }

    std::size_t size_;
    std::vector<double> factor_; // lower triangle
    std::optional<std::size_t> contradiction_;
};

} // namespace market_risk
