// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scenario.hpp"

#include "random.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace market_risk {

scenario::scenario(const market& today, const scenario_plan& plan)
    : plan_(plan), moves_together_(today.moves_together), size_(today.underlyings.size()),
      log_spots_((plan.days + 1) * size_), lowest_(size_), highest_(size_) {
    const double day = 1 / days_of_year, rate = today.rates(plan.days * day);
    for (std::size_t i = 0; i != size_; ++i) {
        const underlying& each = today.underlyings[i];
        const double deviation = each.volatility * std::sqrt(day);
        drifts_.push_back((rate - each.dividend_yield) * day - deviation * deviation / 2);
        deviations_.push_back(deviation);
        log_spots_[i] = std::log(each.spot);
    }
}

void scenario::make(std::uint32_t number) {
    random_stream random(plan_.seed, purpose::moves, 0, number, 0);
    for (unsigned day = 1; day <= plan_.days; ++day) {
        const std::span<double> after(log_spots_.data() + day * size_, size_);
        const double* const before = after.data() - size_;
        for (double& each : after) each = random.normal();
        moves_together_.apply(after);
        for (std::size_t i = 0; i != size_; ++i) after[i] = before[i] + drifts_[i] + deviations_[i] * after[i];
    }
    find_extremes(number);
}

// Between two days the price is a Brownian bridge, whose lowest and highest points have distributions with inverses.
void scenario::find_extremes(std::uint32_t number) {
    random_stream random(plan_.seed, purpose::extremes, 0, number, 0);
    for (std::size_t i = 0; i != size_; ++i) {
        lowest_[i] = highest_[i] = log_spot(i, 0);
        for (unsigned day = 1; day <= plan_.days; ++day) {
            const double before = log_spot(i, day - 1), after = log_spot(i, day);
            const double square = (after - before) * (after - before), spread = -2 * deviations_[i] * deviations_[i];
            const auto [low, high] = random.two_uniforms();
            lowest_[i] = std::min(lowest_[i], (before + after - std::sqrt(square + spread * std::log(low))) / 2);
            highest_[i] = std::max(highest_[i], (before + after + std::sqrt(square + spread * std::log(high))) / 2);
        }
    }
}

} // namespace market_risk
