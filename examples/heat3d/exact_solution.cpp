// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "exact_solution.hpp"

#include "stencil.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace heat3d {

namespace {

constexpr double pi = std::numbers::pi;

struct mode {
    double amplitude; // in all 1
    std::array<unsigned, 3> waves;
};
constexpr std::array<mode, mode_count> modes{{{0.5, {1, 1, 1}}, {0.3, {3, 2, 1}}, {0.2, {4, 5, 7}}}};

double square(double x) { return x * x; }

double sum_of_powers(const mode& one, int power) {
    double sum = 0;
    for (const unsigned waves : one.waves) sum += std::pow(waves, power);
    return sum;
}

} // namespace

exact_solution::exact_solution(std::size_t n) : n_(n) {
    const double h = 1 / static_cast<double>(n + 1);
    for (std::size_t one = 0; one != mode_count; ++one) {
        for (std::size_t i = 1; i <= n; ++i) {
            const double place = pi * h * static_cast<double>(i);
            along_x_[one].push_back(std::sin(modes[one].waves[0] * place));
            along_y_[one].push_back(std::sin(modes[one].waves[1] * place));
            along_z_[one].push_back(std::sin(modes[one].waves[2] * place));
        }
    }
}

mode_factors exact_solution::row_at_start(std::size_t z, std::size_t y) const {
    mode_factors row;
    for (std::size_t one = 0; one != mode_count; ++one)
        row[one] = modes[one].amplitude * along_y_[one][y] * along_z_[one][z];
    return row;
}

mode_factors exact_solution::left_by_scheme(std::uint64_t steps) const {
    const double h = 1 / static_cast<double>(n_ + 1);
    mode_factors left;
    for (std::size_t one = 0; one != mode_count; ++one) {
        double sum = 0;
        for (const unsigned waves : modes[one].waves) sum += square(std::sin(waves * pi * h / 2));
        left[one] = std::pow(1 - 4 * ratio * sum, static_cast<double>(steps));
    }
    return left;
}

mode_factors exact_solution::left_by_equation(std::uint64_t steps) const {
    const double h = 1 / static_cast<double>(n_ + 1);
    const double time = static_cast<double>(steps) * ratio * square(h);
    mode_factors left;
    for (std::size_t one = 0; one != mode_count; ++one)
        left[one] = std::exp(-square(pi) * time * sum_of_powers(modes[one], 2));
    return left;
}

double exact_solution::rounding_bound(std::uint64_t steps) const {
    // In a step at most 2 ε for the sum of six and ε for the rest; the exact solution's own: ε a step, and its products.
    return std::numeric_limits<double>::epsilon() * (4 * static_cast<double>(steps) + 16);
}

double exact_solution::discretisation_bound(std::uint64_t steps) const {
    const double h = 1 / static_cast<double>(n_ + 1);
    const double dt = ratio * square(h);
    double worst = 0;
    for (const mode& one : modes) {
        const double in_time = square(square(pi) * sum_of_powers(one, 2)) * dt / 2;
        const double in_space = square(square(pi)) * sum_of_powers(one, 4) * square(h) / 12;
        worst += one.amplitude * (in_time + in_space);
    }
    return static_cast<double>(steps) * dt * worst + rounding_bound(steps);
}

} // namespace heat3d
