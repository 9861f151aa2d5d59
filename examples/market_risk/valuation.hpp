// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an option is worth some days from now, as a formula and by simulation; the two share no code but the contract.
// The zero rate for the option's whole life is its rate all the time. Any thread.
#pragma once

#include "book.hpp"
#include "closed_form.hpp"
#include "market.hpp"
#include "random.hpp"

#include <vector>

namespace market_risk {

/// What has happened to an option until that day.
struct option_state {
    double log_spot;
    double log_fixed = 0;    // the sum of the logarithms of the prices on the days of a geometric_asian that are past
    bool has_passed = false; // the barrier
};

class valuation {
public:
    /// Requires: day < expiry.
    valuation(const option& contract, const market& today, unsigned day);

    const option& contract() const noexcept { return contract_; }
    /// Days of a geometric_asian that are past, that day itself too.
    const std::vector<unsigned>& past_fixings() const noexcept { return past_fixings_; }

    double closed_form(const option_state& state) const noexcept;

    /// Returns: what one path pays, and its mirror image, on the average, discounted.
    double simulate(const option_state& state, random_stream& random) const noexcept;

private:
    struct step {
        double drift, deviation, mirror; // the last one: -2 / variance
    };
    struct path;

    void plan_steps(unsigned days);
    void plan_fixings(unsigned day);
    void add_step(unsigned days);
    lognormal mean_price(const option_state& state) const noexcept;
    void advance(path& along, const step& by, double normal) const noexcept;
    double payoff(const path& along) const noexcept;
    bool is_never_paid(const option_state& state) const noexcept;

    option contract_;
    diffusion until_;
    double discount_, log_barrier_;
    std::vector<step> steps_;
    std::vector<unsigned> past_fixings_;
    double mean_years_ = 0, mean_variance_ = 0; // of the geometric mean: what is still to come
    double weight_now_ = 0;                     // of the spot price in it
};

} // namespace market_risk
