// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs everything with all workers and with one, and checks that both find the same, bit for bit.
#pragma once

#include "book.hpp"
#include "command_line.hpp"
#include "market.hpp"
#include "pricing.hpp"
#include "revaluation.hpp"
#include "risk.hpp"
#include "scenario.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace market_risk {

/// What was read.
struct problem {
    market today;
    book held;
    scenario_plan plan;
};

/// What comes out.
struct outcome {
    std::vector<priced> prices;
    double value_now = 0;
    profit_and_loss changes{};
    risk measured;

    bool operator==(const outcome&) const = default;
};

struct step_seconds {
    double prices = 0, scenarios = 0, measures = 0;

    double all() const noexcept { return prices + scenarios + measures; }
};

/// What is known of all runs together. Seconds: the best of some runs.
struct findings {
    unsigned workers = 0;
    outcome found;
    std::uint64_t fingerprint = 0;
    std::optional<double> nested_errors, horizon_errors; // the most standard errors off, if that was looked at
    step_seconds with_all, with_one;
};

/// Reads the files. Throws: support::input_error.
problem read_problem(const settings& chosen);

/// Throws: wrong_result.
findings run_all(const problem& of, const settings& chosen);

} // namespace market_risk
