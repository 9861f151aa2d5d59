// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the temperatures have to be. Products of sines are eigenvectors of the scheme and of the equation, so each keeps
// its shape and shrinks by a known factor: in a step of the scheme by 1 - 4 r Σ sin²(m π h / 2), and during time t by
// exp(-π² t Σ m²). The start is a sum of three such modes, different in x, y and z, so that no two directions, nor two
// of the six neighbours, can be mistaken for each other.
#pragma once

#include "grid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heat3d {

inline constexpr std::size_t mode_count = 3;
using mode_factors = std::array<double, mode_count>;

class exact_solution {
public:
    /// Complexity: O(n).
    explicit exact_solution(std::size_t n);

    /// Returns: what a mode is multiplied with all along a row at the start.
    mode_factors row_at_start(std::size_t z, std::size_t y) const;
    /// Returns: the temperature at `x` of a row.
    double value(const mode_factors& row, std::size_t x) const {
        double sum = 0;
        for (std::size_t mode = 0; mode != mode_count; ++mode) sum += row[mode] * along_x_[mode][x];
        return sum;
    }

    /// Returns: what is left of the modes after so many steps; exact for the scheme.
    mode_factors left_by_scheme(std::uint64_t steps) const;
    /// Returns: likewise, exact for the equation.
    mode_factors left_by_equation(std::uint64_t steps) const;

    /// Returns: by how much rounding may move a temperature in so many steps. The scheme takes averages, so errors of
    /// the steps add up and do not grow.
    double rounding_bound(std::uint64_t steps) const;
    /// Returns: by how much the scheme may differ from the equation: time times the largest error of a step.
    double discretisation_bound(std::uint64_t steps) const;

private:
    using sines = std::array<std::vector<double>, mode_count>;

    std::size_t n_;
    sines along_x_, along_y_, along_z_;
};

} // namespace heat3d
