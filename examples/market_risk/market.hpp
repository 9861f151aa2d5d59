// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of the market today. Underlyings follow geometric Brownian motions.
#pragma once

#include "correlation.hpp"
#include "rate_curve.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace market_risk {

struct underlying {
    std::string name;
    double spot, volatility, dividend_yield; // the latter two for a year, the yield compounded continuously
};

struct market {
    std::vector<underlying> underlyings;
    correlation moves_together;
    rate_curve rates;

    std::optional<std::size_t> find(std::string_view name) const noexcept;
};

/// Reads a table with the columns underlying, spot, volatility, dividend_yield and one for each underlying with the
/// correlations; and the table of rates.
/// Throws: support::input_error, also if the correlations are not symmetric or contradict each other.
market read_market(const std::string& path, const std::string& rates_path);

} // namespace market_risk
