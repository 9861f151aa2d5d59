// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is needed for a mean and for how far it may be off.
#pragma once

#include <cmath>
#include <cstdint>

namespace market_risk {

/// Of numbers that are best near to 0, so that squares lose no digits: differences from what is expected.
struct moments {
    double sum = 0, squares = 0;

    void add(double value) noexcept {
        sum += value;
        squares += value * value;
    }
    double mean(std::uint64_t count) const noexcept { return sum / static_cast<double>(count); }
    /// Of the numbers, not of their mean. Requires: count > 1.
    double deviation(std::uint64_t count) const noexcept {
        const auto n = static_cast<double>(count);
        return std::sqrt(std::fmax(0, squares - sum * sum / n) / (n - 1));
    }
    double standard_error(std::uint64_t count) const noexcept {
        return deviation(count) / std::sqrt(static_cast<double>(count));
    }

    bool operator==(const moments&) const = default;

    friend moments operator+(const moments& a, const moments& b) noexcept {
        return {a.sum + b.sum, a.squares + b.squares};
    }
};

} // namespace market_risk
