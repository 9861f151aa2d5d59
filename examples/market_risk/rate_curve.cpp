// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rate_curve.hpp"

#include "csv_table.hpp"

#include <algorithm>
#include <cstddef>

namespace market_risk {

namespace {

constexpr real_range years_range{0, 100};
constexpr real_range rate_range{-0.5, 0.5};

} // namespace

double rate_curve::operator()(double years) const {
    const auto after = std::ranges::upper_bound(points_, years, {}, &point::years);
    if (after == points_.begin()) return after->rate;
    const point& before = *(after - 1);
    if (after == points_.end()) return before.rate;
    return before.rate + (after->rate - before.rate) * (years - before.years) / (after->years - before.years);
}

rate_curve read_rates(const std::string& path) {
    const csv_table table(path);
    table.expect_columns({"years", "zero_rate"});
    std::vector<rate_curve::point> points;
    for (std::size_t row = 0; row != table.size(); ++row) {
        const double years = table.number(row, "years", years_range);
        if (!points.empty() && years <= points.back().years) table.fail(row, "years", "not later than the line before");
        points.push_back({years, table.number(row, "zero_rate", rate_range)});
    }
    return rate_curve(std::move(points));
}

} // namespace market_risk
