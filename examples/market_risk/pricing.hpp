// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What each position is worth today, by Monte Carlo and in closed form.
#pragma once

#include "book.hpp"
#include "market.hpp"
#include "progress.hpp"

#include <cstdint>
#include <vector>

namespace market_risk {

/// For one option.
struct priced {
    double closed_form;
    double simulated, standard_error;
    double errors_off; // the difference, in standard errors; see agreement

    bool operator==(const priced&) const = default;
};

/// Simulates `pairs` > 1 pairs of paths for each position, in parallel over positions and paths. The same bits at every
/// concurrency. Throws: wrong_result if a price is off by more than 5 standard errors.
std::vector<priced> price_all(const book& held, const market& today, std::uint64_t seed, std::uint32_t pairs,
                              progress& shown);

} // namespace market_risk
