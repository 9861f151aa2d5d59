// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "market.hpp"

#include "csv_table.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace market_risk {

namespace {

constexpr std::size_t most_underlyings = 1000;
constexpr real_range spot_range{1e-6, 1e9};
constexpr real_range volatility_range{0.01, 5};
constexpr real_range yield_range{-0.5, 0.5};
constexpr real_range correlation_range{-1, 1};

/// There is a column for each underlying.
void expect_columns(const csv_table& table) {
    std::vector<std::string_view> columns{"underlying", "spot", "volatility", "dividend_yield"};
    if (!table.has("underlying")) table.expect_columns(columns);
    if (table.size() > most_underlyings)
        table.fail(most_underlyings, "underlying", "more than " + std::to_string(most_underlyings) + " underlyings");
    std::set<std::string_view> names(columns.begin(), columns.end());
    for (std::size_t row = 0; row != table.size(); ++row) {
        const std::string_view name = table.text(row, "underlying");
        if (!names.insert(name).second) table.fail(row, "underlying", "there are two of that name");
        columns.push_back(name);
    }
    table.expect_columns(columns);
}

std::vector<underlying> read_underlyings(const csv_table& table) {
    std::vector<underlying> found;
    for (std::size_t row = 0; row != table.size(); ++row)
        found.push_back({std::string(table.text(row, "underlying")), table.number(row, "spot", spot_range),
                         table.number(row, "volatility", volatility_range),
                         table.number(row, "dividend_yield", yield_range)});
    return found;
}

correlation read_correlations(const csv_table& table, const std::vector<underlying>& underlyings) {
    const std::size_t size = underlyings.size();
    std::vector<double> matrix;
    for (std::size_t row = 0; row != size; ++row)
        for (const underlying& other : underlyings) matrix.push_back(table.number(row, other.name, correlation_range));
    for (std::size_t i = 0; i != size; ++i) {
        if (matrix[i * size + i] != 1) table.fail(i, underlyings[i].name, "a correlation with itself that is not 1");
        for (std::size_t j = 0; j != i; ++j)
            if (matrix[i * size + j] != matrix[j * size + i])
                table.fail(i, underlyings[j].name, "not the correlation that stands in line and column the other way");
    }
    correlation result(matrix, size);
    if (const auto rows = result.contradiction())
        table.fail(*rows - 1, "underlying",
                   "the correlations up to this line contradict each other: they are not positive definite");
    return result;
}

} // namespace

std::optional<std::size_t> market::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(underlyings, name, &underlying::name);
    if (found == underlyings.end()) return std::nullopt;
    return static_cast<std::size_t>(found - underlyings.begin());
}

market read_market(const std::string& path, const std::string& rates_path) {
    const csv_table table(path);
    expect_columns(table);
    std::vector<underlying> underlyings = read_underlyings(table);
    correlation moves_together = read_correlations(table, underlyings);
    return {std::move(underlyings), std::move(moves_together), read_rates(rates_path)};
}

} // namespace market_risk
