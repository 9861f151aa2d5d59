// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What options are worth, as formulas. All that is known of the future price is lognormal, with a constant rate.
// Source: F. Black: The pricing of commodity contracts. J. Financial Economics 3 (1976); as a case of it
//         F. Black, M. Scholes: The pricing of options and corporate liabilities. J. Political Economy 81 (1973).
//         E. Reiner, M. Rubinstein: Breaking down the barriers. Risk 4 (1991).
#pragma once

#include "book.hpp"

namespace market_risk {

/// A normally distributed logarithm.
struct lognormal {
    double mean, deviation;
};

/// Returns: what an option on such a price is worth, paid now. Requires: deviation > 0.
double black_price(bool is_call, const lognormal& price, double strike) noexcept;

/// How the price moves until expiry.
struct diffusion {
    double years, volatility, rate, yield;

    double drift() const noexcept { return rate - yield - volatility * volatility / 2; } // of the logarithm, for a year
    double discount() const noexcept;
    lognormal end_from(double log_spot) const noexcept;
};

double european_price(const option& contract, const diffusion& until, double log_spot) noexcept;

/// Requires: the barrier has not been passed.
double barrier_price(const option& contract, const diffusion& until, double log_spot) noexcept;

} // namespace market_risk
