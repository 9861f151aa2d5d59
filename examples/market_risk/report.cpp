// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.hpp"

#include "agreement.hpp"
#include "support/errors.hpp"
#include "support/measuring.hpp"
#include "support/report_text.hpp"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace market_risk {

namespace {

constexpr std::size_t most_names = 3; // of underlyings for each of the worst scenarios

using support::line;
using support::plural;

double worst_errors(const std::vector<priced>& prices) {
    double worst = 0;
    for (const priced& each : prices) worst = std::max(worst, std::abs(each.errors_off));
    return worst;
}

std::string name_of(const underlying& each) { return support::printable(each.name); }

std::string price_text(const problem& of, const std::vector<priced>& prices) {
    std::string text = line("%-12s %-10s %-15s %-5s %10s %12s %12s %10s %6s", "position", "underlying", "kind", "right",
                            "quantity", "closed form", "Monte Carlo", "std error", "off");
    for (std::size_t i = 0; i != prices.size(); ++i) {
        const option& contract = of.held[i].contract;
        text +=
            line("%-12s %-10s %-15s %-5s %10g %12.4f %12.4f %10.4f %6.2f", support::printable(of.held[i].name).c_str(),
                 name_of(of.today.underlyings[contract.underlying]).c_str(), name_of(contract.kind),
                 contract.is_call ? "call" : "put", of.held[i].quantity, prices[i].closed_form, prices[i].simulated,
                 prices[i].standard_error, prices[i].errors_off);
    }
    return text;
}

std::string check_text(const findings& found, const settings& chosen) {
    std::string text =
        line("prices: off the closed forms by at most %.1f standard errors (limit: %.0f), %u pairs of paths",
             worst_errors(found.found.prices), most_standard_errors, chosen.pairs);
    if (found.nested_errors)
        text +=
            line("nested: off the closed forms by at most %.1f standard errors of all scenarios' mean (limit: %.0f)",
                 *found.nested_errors, most_standard_errors);
    if (found.horizon_errors)
        text +=
            line("scenarios: with one rate for all times, off today's values by at most %.1f standard errors (limit: "
                 "%.0f)",
                 *found.horizon_errors, most_standard_errors);
    return text + line("same bits each time: %016" PRIx64, found.fingerprint);
}

std::string level_line(const char* what, unsigned percent, const estimate& found) {
    return line("%-19s %u %% %14.2f   between %14.2f and %14.2f", what, percent, found.value, found.low, found.high);
}

std::string risk_text(const outcome& found, const settings& chosen) {
    std::string text = line("value today %.2f; in %u day%s, by %u scenarios valued %s:", found.value_now,
                            chosen.horizon_days, plural(chosen.horizon_days), chosen.scenarios,
                            chosen.nested_pairs == 0 ? "in closed form" : "by simulation");
    text += line("profit, mean             %14.2f   deviation %.2f", found.measured.mean, found.measured.deviation);
    for (const risk_at_level& at : found.measured.at) {
        text += level_line("value at risk", at.percent, at.value_at_risk);
        text += level_line("expected shortfall", at.percent, at.expected_shortfall);
    }
    return text;
}

double sum(const std::vector<double>& parts) { return std::accumulate(parts.begin(), parts.end(), 0.0); }

std::string component_text(const problem& of, const risk_at_level& at) {
    std::string text = line("%-10s %2u %% %14s %14s %14s %8s", "underlying", at.percent, "alone", "component",
                            "of shortfall", "share");
    const auto share = [&](double part) {
        return at.value_at_risk.value == 0 ? 0.0 : 100 * part / at.value_at_risk.value;
    };
    for (std::size_t i = 0; i != of.today.underlyings.size(); ++i) {
        const double part = at.component_of_value_at_risk[i];
        text += line("%-15s %14.2f %14.2f %14.2f %6.1f %%", name_of(of.today.underlyings[i]).c_str(),
                     at.value_at_risk_alone[i], part, at.component_of_shortfall[i], share(part));
    }
    const double together = sum(at.component_of_value_at_risk);
    return text + line("%-15s %14.2f %14.2f %14.2f %6.1f %%", "sum", sum(at.value_at_risk_alone), together,
                       sum(at.component_of_shortfall), share(together));
}

/// The underlyings that lose most, and by how much their prices have changed.
std::string names_text(const problem& of, const scenario& made, const double* profits) {
    std::vector<std::size_t> order(of.today.underlyings.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(profits[i], i); });
    std::string text;
    for (std::size_t n = 0; n != std::min(most_names, order.size()) && profits[order[n]] < 0; ++n) {
        const std::size_t i = order[n];
        const double move = std::expm1(made.log_spot_at_end(i) - made.log_spot(i, 0));
        char part[96];
        std::snprintf(part, sizeof part, "%s %s %+.1f %% %.2f", n == 0 ? "" : ",",
                      name_of(of.today.underlyings[i]).c_str(), 100 * move, profits[i]);
        text += part;
    }
    return text;
}

/// Scenarios are made again: nothing but their numbers was kept.
std::string worst_text(const problem& of, const outcome& found) {
    std::string text;
    scenario made(of.today, of.plan);
    for (const std::uint32_t number : found.measured.worst) {
        made.make(number);
        const double* const profits = found.changes.by_underlying.data() + number * found.changes.underlyings;
        text += line("scenario %-8u %14.2f:%s", number, found.changes.totals[number],
                     names_text(of, made, profits).c_str());
    }
    return text;
}

std::string time_line(const std::string& who, const step_seconds& best, double alone) {
    return line("%-14s %10.3f %10.3f %10.3f %10.3f %8.2f", who.c_str(), best.prices, best.scenarios, best.measures,
                best.all(), alone / best.all());
}

std::string time_text(const findings& found) {
    const double alone = found.workers == 1 ? found.with_all.all() : found.with_one.all();
    std::string text =
        line("%-14s %10s %10s %10s %10s %8s", "seconds", "prices", "scenarios", "measures", "all", "speed-up");
    if (found.workers != 1) text += time_line("1 worker", found.with_one, alone);
    return text + time_line(support::count_of(found.workers, "worker"), found.with_all, alone);
}

} // namespace

std::string report_text(const problem& of, const findings& found, const settings& chosen) {
    const std::size_t positions = of.held.size(), underlyings = of.today.underlyings.size();
    std::string text = line("%zu position%s on %zu underlying%s, %s", positions, plural(positions), underlyings,
                            plural(underlyings), support::count_of(found.workers, "worker").c_str());
    text += price_text(of, found.found.prices) + check_text(found, chosen) + risk_text(found.found, chosen);
    text += component_text(of, found.found.measured.at.back()) + worst_text(of, found.found);
    return chosen.only_check ? text : text + time_text(found);
}

} // namespace market_risk
