// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is held: options, and how many of each. All pay at expiry, and are of kinds whose worth is known in closed form.
#pragma once

#include "market.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace market_risk {

enum class option_kind : unsigned char {
    european,
    geometric_asian, // on the geometric mean of the prices on some days, the last one that of expiry
    down_and_out,    // the others are worth something only if the price, which is looked at all the time, has never
    down_and_in,     // come to the barrier (out), or has (in)
    up_and_out,
    up_and_in
};

constexpr bool has_barrier(option_kind kind) noexcept { return kind >= option_kind::down_and_out; }
constexpr bool is_down(option_kind kind) noexcept {
    return kind == option_kind::down_and_out || kind == option_kind::down_and_in;
}
constexpr bool is_in(option_kind kind) noexcept {
    return kind == option_kind::down_and_in || kind == option_kind::up_and_in;
}
/// The name of it in tables.
const char* name_of(option_kind kind) noexcept;

struct option {
    std::size_t underlying; // number in the market
    option_kind kind;
    bool is_call;
    double strike;
    double barrier;       // if it has one
    unsigned fixings;     // of a geometric_asian: the days that count, spread evenly
    unsigned expiry_days; // from today
};

struct position {
    std::string name;
    option contract;
    double quantity; // negative: sold
};

using book = std::vector<position>;

/// Reads a table with the columns position, underlying, kind, right, strike, barrier, fixings, expiry_days, quantity.
/// Throws: support::input_error, also if an option expires within the horizon, or its barrier has been passed.
book read_book(const std::string& path, const market& today, unsigned horizon_days);

} // namespace market_risk
