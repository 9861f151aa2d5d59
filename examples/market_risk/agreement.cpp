// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "agreement.hpp"

#include "errors.hpp"
#include "support/errors.hpp"

#include <algorithm>
#include <cmath>

namespace market_risk {

double agreement::add(const position& of, const moments& off, std::uint64_t count, double unseen) {
    const double mean = off.mean(count), error = std::hypot(off.standard_error(count), unseen);
    if (!(std::abs(mean) <= most_standard_errors * error))
        throw wrong_result(what_ + " of position " + support::printable(of.name) + " is off by " +
                           std::to_string(mean) + ", and its standard error is " + std::to_string(error));
    const double errors = mean / error;
    worst_ = std::max(worst_, std::abs(errors));
    return errors;
}

} // namespace market_risk
