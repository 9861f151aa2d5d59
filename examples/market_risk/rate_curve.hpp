// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What money costs until some time: zero rates, compounded continuously, straight lines between the given times and
// constant before the first and after the last.
#pragma once

#include <string>
#include <vector>

namespace market_risk {

inline constexpr double days_of_year = 252; // on which there is trading; all days of this program are such days

class rate_curve {
public:
    struct point {
        double years, rate;
    };

    /// Requires: rising times, at least one.
    explicit rate_curve(std::vector<point> points) : points_(std::move(points)) {}

    double operator()(double years) const;

private:
    std::vector<point> points_;
};

/// Reads a table with the columns years and zero_rate. Throws: support::input_error.
rate_curve read_rates(const std::string& path);

} // namespace market_risk
