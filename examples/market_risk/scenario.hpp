// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the underlyings do until the horizon, day by day, and how low and how high they come in between. A scenario is
// its number: made again, it is the same. One thread at a time.
#pragma once

#include "market.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace market_risk {

/// What all scenarios have in common.
struct scenario_plan {
    std::uint32_t count = 0;
    unsigned days = 0;
    std::uint64_t seed = 0;
};

class scenario {
public:
    /// Prices drift with the rate for the time until the horizon, less dividends.
    scenario(const market& today, const scenario_plan& plan);

    /// Goes on to the scenario of that number.
    void make(std::uint32_t number);

    /// Requires: day <= days. Day 0 is today.
    double log_spot(std::size_t underlying, unsigned day) const { return log_spots_[day * size_ + underlying]; }
    double log_spot_at_end(std::size_t underlying) const { return log_spot(underlying, plan_.days); }
    /// Of all times until the horizon, exactly distributed, each for itself. (Given where the days end, that one is
    /// far out says nothing of the other here; it hardly would.)
    double log_lowest(std::size_t underlying) const { return lowest_[underlying]; }
    double log_highest(std::size_t underlying) const { return highest_[underlying]; }

private:
    void find_extremes(std::uint32_t number);

    scenario_plan plan_;
    const correlation& moves_together_;
    std::size_t size_;
    std::vector<double> drifts_, deviations_; // of a day
    std::vector<double> log_spots_;           // of a day all underlyings, then those of the next day
    std::vector<double> lowest_, highest_;
};

} // namespace market_risk
