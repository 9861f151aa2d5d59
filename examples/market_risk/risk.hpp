// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What profits and losses say about risk. All in parallel, and the same bits at every concurrency.
// Source: C. Acerbi, D. Tasche: On the coherence of expected shortfall. J. Banking & Finance 26 (2002), for a sample's;
//         D. Tasche: Risk contributions and performance measurement (1999), for components.
#pragma once

#include "revaluation.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace market_risk {

inline constexpr unsigned levels[] = {95, 99}; // in percent

/// A number, and an interval that holds the true one with a probability of 95 %.
struct estimate {
    double value, low, high;

    bool operator==(const estimate&) const = default;
};

struct risk_at_level {
    unsigned percent = 0;
    estimate value_at_risk{}, expected_shortfall{};
    // Of each underlying. Components add up to the whole.
    std::vector<double> value_at_risk_alone, component_of_value_at_risk, component_of_shortfall;

    bool operator==(const risk_at_level&) const = default;
};

struct risk {
    double mean = 0, deviation = 0;
    std::vector<risk_at_level> at;    // each of `levels`
    std::vector<std::uint32_t> worst; // scenarios

    bool operator==(const risk&) const = default;
};

/// Requires: at least 100 scenarios. worst: how many are wanted. Complexity: linear; memory for the scenarios' order.
risk measure_risk(const profit_and_loss& of, std::size_t worst);

} // namespace market_risk
