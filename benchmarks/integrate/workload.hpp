// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// integrate: the integral of x³ + x over [0, n] by trapezoids, each halved until that changes its area by less than
// `tolerance`; a fork in every call that halves, no cutoff, and a tree that is deeper where the function is steeper.
// Work: O(n^(4/3)) calls that evaluate the function once, some 15 million. Span: the depth, 25 or so.
#pragma once

#include "support/benchmark.hpp"

#include <cmath>

namespace workload {

inline constexpr double tolerance = 1e-5;

inline double n() { return static_cast<double>(bench::size(10'000, 1'000)); }

inline double f(double x) { return (x * x + 1) * x; }

/// A part of the x axis, the function at both ends, and the area that their trapezoid has.
struct trapezoid {
    double x1, y1, x2, y2, area;

    trapezoid(double left, double at_left, double right, double at_right)
        : x1(left), y1(at_left), x2(right), y2(at_right), area((y1 + y2) / 2 * (x2 - x1)) {}
};

/// A trapezoid cut in two.
struct halves {
    trapezoid left, right;

    explicit halves(const trapezoid& whole) : halves(whole, (whole.x1 + whole.x2) / 2) {}
    double area() const { return left.area + right.area; }
    bool are_as(const trapezoid& whole) const { return std::abs(area() - whole.area) < tolerance; }

private:
    halves(const trapezoid& whole, double x) : halves(whole, x, f(x)) {}
    halves(const trapezoid& whole, double x, double y)
        : left(whole.x1, whole.y1, x, y), right(x, y, whole.x2, whole.y2) {}
};

inline trapezoid whole() { return {0, f(0), n(), f(n())}; }

/// Against the antiderivative. The tolerances of all trapezoids add up to less than 1e-11 of it; one of them missing is
/// 1e-7 of it, on average.
inline bool is_right(double area) {
    const double exact = n() * n() * (n() * n() / 4 + 0.5);
    return std::abs(area - exact) < 1e-10 * exact;
}

/// Times call(), which returns the area.
template <class Call>
void measure_area(benchmark::State& state, Call call) {
    bench::measure(state, true, [&] { return is_right(call()); });
}

} // namespace workload
