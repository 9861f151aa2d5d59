// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether means of simulated values are what they have to be.
#pragma once

#include "book.hpp"
#include "moments.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace market_risk {

inline constexpr double most_standard_errors = 5; // one in 1.7 million is off by more

/// How many of its standard errors a mean is off, 0 to 5.
class agreement {
public:
    /// what: of the values, for messages.
    explicit agreement(std::string what) : what_(std::move(what)) {}

    /// off: value minus expected value, of `count` samples. unseen: how much events may be worth that are so rare that
    /// no sample is one, and that the samples' standard error does not know of; more than 0.
    /// Returns: the standard errors, with a sign. Throws: wrong_result if it is more than 5.
    double add(const position& of, const moments& off, std::uint64_t count, double unseen);

    double worst() const noexcept { return worst_; }

private:
    std::string what_;
    double worst_ = 0;
};

} // namespace market_risk
