// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "book.hpp"

#include "csv_table.hpp"
#include "support/errors.hpp"

#include <cmath>
#include <set>
#include <string_view>

namespace market_risk {

namespace {

constexpr std::size_t most_positions = 100'000;
constexpr std::uint64_t most_days = 30 * 252;
constexpr real_range price_range{1e-6, 1e9};
constexpr real_range quantity_range{-1e12, 1e12};

constexpr option_kind all_kinds[] = {option_kind::european,    option_kind::geometric_asian, option_kind::down_and_out,
                                     option_kind::down_and_in, option_kind::up_and_out,      option_kind::up_and_in};

option_kind read_kind(const csv_table& table, std::size_t row) {
    const std::string_view text = table.text(row, "kind");
    std::string names;
    for (const option_kind kind : all_kinds) {
        if (text == name_of(kind)) return kind;
        names += std::string(names.empty() ? "" : ", ") + name_of(kind);
    }
    table.fail(row, "kind", "one of " + names + ", not '" + support::printable(text) + "'");
}

bool read_right(const csv_table& table, std::size_t row) {
    const std::string_view text = table.text(row, "right");
    if (text == "call") return true;
    if (text == "put") return false;
    table.fail(row, "right", "call or put, not '" + support::printable(text) + "'");
}

std::size_t read_underlying(const csv_table& table, std::size_t row, const market& today) {
    const std::string_view text = table.text(row, "underlying");
    if (const auto found = today.find(text)) return *found;
    table.fail(row, "underlying", "the market does not know '" + support::printable(text) + "'");
}

/// The closed form has powers of barrier / spot, which must be finite in all scenarios too.
bool is_extreme(const option& contract, const market& today) {
    constexpr double most = 300; // e^709 is the largest double
    const underlying& on = today.underlyings[contract.underlying];
    const double rate = today.rates(contract.expiry_days / days_of_year);
    const double power = (rate - on.dividend_yield) / (on.volatility * on.volatility);
    return (2 * std::abs(power) + 2) * std::abs(std::log(contract.barrier / on.spot)) > most;
}

double read_barrier(const csv_table& table, std::size_t row, const option& contract, const market& today) {
    constexpr std::string_view column = "barrier";
    if (!has_barrier(contract.kind)) {
        table.expect_empty(row, column, std::string("empty if the kind is ") + name_of(contract.kind));
        return 0;
    }
    option with = contract;
    with.barrier = table.number(row, column, price_range);
    const double spot = today.underlyings[contract.underlying].spot;
    const bool down = is_down(contract.kind);
    if (down ? with.barrier >= spot : with.barrier <= spot)
        table.fail(row, column, std::string("not ") + (down ? "below" : "above") + " the spot price");
    if (is_extreme(with, today))
        table.fail(row, column, "too far from the spot price for so low a volatility: the closed form overflows");
    return with.barrier;
}

unsigned read_fixings(const csv_table& table, std::size_t row, const option& contract) {
    constexpr std::string_view column = "fixings";
    if (contract.kind == option_kind::geometric_asian)
        return static_cast<unsigned>(table.whole_number(row, column, {1, contract.expiry_days}));
    table.expect_empty(row, column, std::string("empty if the kind is ") + name_of(contract.kind));
    return 0;
}

option read_option(const csv_table& table, std::size_t row, const market& today, unsigned horizon_days) {
    option contract{};
    contract.underlying = read_underlying(table, row, today);
    contract.kind = read_kind(table, row);
    contract.is_call = read_right(table, row);
    contract.strike = table.number(row, "strike", price_range);
    contract.expiry_days = static_cast<unsigned>(table.whole_number(row, "expiry_days", {1, most_days}));
    if (contract.expiry_days <= horizon_days)
        table.fail(row, "expiry_days", "not after the horizon of " + std::to_string(horizon_days) + " days");
    contract.barrier = read_barrier(table, row, contract, today);
    contract.fixings = read_fixings(table, row, contract);
    return contract;
}

} // namespace

const char* name_of(option_kind kind) noexcept {
    switch (kind) {
    case option_kind::european: return "european";
    case option_kind::geometric_asian: return "geometric_asian";
    case option_kind::down_and_out: return "down_and_out";
    case option_kind::down_and_in: return "down_and_in";
    case option_kind::up_and_out: return "up_and_out";
    case option_kind::up_and_in: break;
    }
    return "up_and_in";
}

book read_book(const std::string& path, const market& today, unsigned horizon_days) {
    const csv_table table(path);
    table.expect_columns(
        {"position", "underlying", "kind", "right", "strike", "barrier", "fixings", "expiry_days", "quantity"});
    if (table.size() > most_positions)
        table.fail(most_positions, "position", "more than " + std::to_string(most_positions) + " positions");
    book found;
    std::set<std::string_view> names;
    for (std::size_t row = 0; row != table.size(); ++row) {
        const std::string_view name = table.text(row, "position");
        if (!names.insert(name).second) table.fail(row, "position", "there are two of that name");
        found.push_back({std::string(name), read_option(table, row, today, horizon_days),
                         table.number(row, "quantity", quantity_range)});
    }
    return found;
}

} // namespace market_risk
