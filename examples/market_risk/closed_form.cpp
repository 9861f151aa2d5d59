// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "closed_form.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace market_risk {

namespace {

double normal_distribution(double x) noexcept { return std::erfc(-x * (std::numbers::sqrt2 / 2)) / 2; }

/// The four terms that prices of options that begin at a barrier are sums of.
class barrier_terms {
public:
    barrier_terms(const option& contract, const diffusion& until, double log_spot) noexcept
        : strike_(std::log(contract.strike)), barrier_(std::log(contract.barrier)), spot_(log_spot),
          right_(contract.is_call ? 1 : -1), side_(is_down(contract.kind) ? 1 : -1),
          deviation_(until.volatility * std::sqrt(until.years)),
          power_(until.drift() / (until.volatility * until.volatility)), growth_(-until.yield * until.years),
          discount_(-until.rate * until.years) {}

    // What is paid above (below) the strike, and above (below) the barrier, whether it was passed or not.
    double from_strike() const noexcept { return plain(spot_ - strike_); }
    double from_barrier() const noexcept { return plain(spot_ - barrier_); }
    // The same for the price reflected at the barrier.
    double reflected_strike() const noexcept { return reflected(2 * barrier_ - spot_ - strike_); }
    double reflected_barrier() const noexcept { return reflected(barrier_ - spot_); }

private:
    double plain(double distance) const noexcept { return term(right_, distance, 0); }
    double reflected(double distance) const noexcept { return term(side_, distance, 2 * (barrier_ - spot_)); }

    double term(double sign, double distance, double mirror) const noexcept {
        const double x = distance / deviation_ + (1 + power_) * deviation_;
        const double price = std::exp(spot_ + growth_ + mirror * (power_ + 1)) * normal_distribution(sign * x);
        const double paid =
            std::exp(strike_ + discount_ + mirror * power_) * normal_distribution(sign * (x - deviation_));
        return right_ * (price - paid);
    }

    double strike_, barrier_, spot_; // logarithms
    double right_, side_, deviation_, power_, growth_, discount_;
};

double knocked_in(const option& contract, const barrier_terms& terms) noexcept {
    // Whether all that is paid at expiry without the barrier is paid on the far side of it.
    const bool strike_is_beyond =
        is_down(contract.kind) ? contract.strike < contract.barrier : contract.strike > contract.barrier;
    if (is_down(contract.kind) == contract.is_call) { // paid on the near side
        return strike_is_beyond ? terms.from_strike() - terms.from_barrier() + terms.reflected_barrier()
                                : terms.reflected_strike();
    }
    return strike_is_beyond ? terms.from_strike()
                            : terms.from_barrier() - terms.reflected_strike() + terms.reflected_barrier();
}

} // namespace

double black_price(bool is_call, const lognormal& price, double strike) noexcept {
    const double sign = is_call ? 1 : -1;
    const double low = (price.mean - std::log(strike)) / price.deviation, high = low + price.deviation;
    const double forward = std::exp(price.mean + price.deviation * price.deviation / 2);
    return sign * (forward * normal_distribution(sign * high) - strike * normal_distribution(sign * low));
}

double diffusion::discount() const noexcept { return std::exp(-rate * years); }

lognormal diffusion::end_from(double log_spot) const noexcept {
    return {log_spot + drift() * years, volatility * std::sqrt(years)};
}

double european_price(const option& contract, const diffusion& until, double log_spot) noexcept {
    return until.discount() * black_price(contract.is_call, until.end_from(log_spot), contract.strike);
}

double barrier_price(const option& contract, const diffusion& until, double log_spot) noexcept {
    const double in = std::max(0.0, knocked_in(contract, barrier_terms(contract, until, log_spot)));
    if (is_in(contract.kind)) return in;
    return std::max(0.0, european_price(contract, until, log_spot) - in);
}

} // namespace market_risk
