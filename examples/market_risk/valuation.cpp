// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "valuation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace market_risk {

namespace {

constexpr unsigned longest_step = 21; // days, between looks at a barrier

diffusion diffusion_of(const option& contract, const market& today, unsigned day) {
    const underlying& on = today.underlyings[contract.underlying];
    return {(contract.expiry_days - day) / days_of_year, on.volatility,
            today.rates(contract.expiry_days / days_of_year), on.dividend_yield};
}

} // namespace

/// A price on its way to expiry.
struct valuation::path {
    double log_price;
    double log_fixed;
    double stays = 1; // the probability that the barrier is not passed between the steps
};

valuation::valuation(const option& contract, const market& today, unsigned day)
    : contract_(contract), until_(diffusion_of(contract, today, day)), discount_(until_.discount()),
      log_barrier_(has_barrier(contract.kind) ? std::log(contract.barrier) : 0) {
    if (contract.kind == option_kind::geometric_asian)
        plan_fixings(day);
    else
        plan_steps(contract.expiry_days - day);
}

void valuation::plan_steps(unsigned days) {
    if (has_barrier(contract_.kind))
        for (; days > longest_step; days -= longest_step) add_step(longest_step);
    add_step(days);
}

// The j-th of n fixings is on day expiry * j / n, so the last one is that of expiry. Independent stretches between
// them, of which the i-th one moves all that come after it, have the weights (fixings from there on) / n.
void valuation::plan_fixings(unsigned day) {
    const double count = contract_.fixings;
    unsigned last = day;
    for (std::uint64_t j = 1; j <= contract_.fixings; ++j) {
        const auto fixing = static_cast<unsigned>(contract_.expiry_days * j / contract_.fixings);
        if (fixing <= day) {
            past_fixings_.push_back(fixing);
            continue;
        }
        const double weight = (count + 1 - static_cast<double>(j)) / count, years = (fixing - last) / days_of_year;
        if (weight_now_ == 0) weight_now_ = weight;
        mean_years_ += weight * years;
        mean_variance_ += weight * weight * years * until_.volatility * until_.volatility;
        add_step(fixing - last);
        last = fixing;
    }
}

void valuation::add_step(unsigned days) {
    const double years = days / days_of_year, deviation = until_.volatility * std::sqrt(years);
    steps_.push_back({until_.drift() * years, deviation, -2 / (deviation * deviation)});
}

double valuation::closed_form(const option_state& state) const noexcept {
    if (contract_.kind == option_kind::geometric_asian)
        return discount_ * black_price(contract_.is_call, mean_price(state), contract_.strike);
    if (is_never_paid(state)) return 0;
    if (!has_barrier(contract_.kind) || state.has_passed) return european_price(contract_, until_, state.log_spot);
    return barrier_price(contract_, until_, state.log_spot);
}

lognormal valuation::mean_price(const option_state& state) const noexcept {
    const double known = state.log_fixed / contract_.fixings + weight_now_ * state.log_spot;
    return {known + until_.drift() * mean_years_, std::sqrt(mean_variance_)};
}

bool valuation::is_never_paid(const option_state& state) const noexcept {
    return state.has_passed && has_barrier(contract_.kind) && !is_in(contract_.kind);
}

double valuation::simulate(const option_state& state, random_stream& random) const noexcept {
    if (is_never_paid(state)) return 0;
    path one{state.log_spot, state.log_fixed, state.has_passed ? 0.0 : 1.0}, mirrored = one;
    for (const step& each : steps_) {
        const double normal = random.normal();
        advance(one, each, normal);
        advance(mirrored, each, -normal);
    }
    return discount_ * (payoff(one) + payoff(mirrored)) / 2;
}

void valuation::advance(path& along, const step& by, double normal) const noexcept {
    const double before = along.log_price;
    along.log_price += by.drift + by.deviation * normal;
    along.log_fixed += along.log_price;
    if (!has_barrier(contract_.kind) || along.stays == 0) return;
    // A Brownian bridge between two points on the same side passes the barrier with this probability.
    const double left = before - log_barrier_, right = along.log_price - log_barrier_;
    along.stays *= left * right <= 0 ? 0 : -std::expm1(by.mirror * left * right);
}

double valuation::payoff(const path& along) const noexcept {
    const bool is_mean = contract_.kind == option_kind::geometric_asian;
    const double price = std::exp(is_mean ? along.log_fixed / contract_.fixings : along.log_price);
    const double paid = std::max(0.0, contract_.is_call ? price - contract_.strike : contract_.strike - price);
    if (!has_barrier(contract_.kind)) return paid;
    return paid * (is_in(contract_.kind) ? 1 - along.stays : along.stays);
}

} // namespace market_risk
