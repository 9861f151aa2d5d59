// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pricing.hpp"

#include "agreement.hpp"
#include "moments.hpp"
#include "valuation.hpp"

#include <pel/parallel_for.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/policy.hpp>

#include <cmath>
#include <cstddef>
#include <functional>

namespace market_risk {

namespace {

/// Returns: of the differences between what pairs of paths pay and what they should.
moments simulate_pairs(const valuation& of, std::uint32_t number, double expected, std::uint64_t seed,
                       std::uint32_t pairs, const option_state& now) {
    const auto stretch = [&](std::uint32_t first, std::uint32_t last, moments sums) {
        for (std::uint32_t pair = first; pair != last; ++pair) {
            random_stream random(seed, purpose::prices, number, 0, pair);
            sums.add(of.simulate(now, random) - expected);
        }
        return sums;
    };
    return pel::parallel_fold(pel::par.deterministic(), std::uint32_t{0}, pairs, moments{}, stretch, std::plus<>());
}

} // namespace

std::vector<priced> price_all(const book& held, const market& today, std::uint64_t seed, std::uint32_t pairs,
                              progress& shown) {
    std::vector<priced> prices(held.size());
    std::vector<moments> off(held.size());
    pel::parallel_for(std::size_t{0}, held.size(), [&](std::size_t i) {
        const valuation worth(held[i].contract, today, 0);
        const option_state now{std::log(today.underlyings[held[i].contract.underlying].spot)};
        prices[i].closed_form = worth.closed_form(now);
        off[i] = simulate_pairs(worth, static_cast<std::uint32_t>(i), prices[i].closed_form, seed, pairs, now);
        shown.add(1);
    });
    agreement checked("the simulated price");
    for (std::size_t i = 0; i != held.size(); ++i) {
        prices[i].simulated = prices[i].closed_form + off[i].mean(pairs);
        prices[i].standard_error = off[i].standard_error(pairs);
        const double spot = today.underlyings[held[i].contract.underlying].spot;
        prices[i].errors_off = checked.add(held[i], off[i], pairs, spot / pairs);
    }
    return prices;
}

} // namespace market_risk
