// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "comparison.hpp"

#include "agreement.hpp"
#include "errors.hpp"
#include "moments.hpp"
#include "progress.hpp"
#include "support/fingerprint.hpp"
#include "support/measuring.hpp"
#include "support/memory.hpp"

#include <pel/thread_pool.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace market_risk {

namespace {

pel::thread_pool_options options_for(unsigned workers) {
    pel::thread_pool_options options;
    options.concurrency = workers;
    return options;
}

std::uint64_t fingerprint_of(const outcome& found) {
    std::uint64_t hash = 0;
    for (const priced& each : found.prices) hash = support::add_bits(hash, each.simulated);
    for (const double total : found.changes.totals) hash = support::add_bits(hash, total);
    for (const moments& off : found.changes.off) hash = support::add_bits(hash, off.sum);
    for (const risk_at_level& at : found.measured.at) {
        for (const double part : at.component_of_value_at_risk) hash = support::add_bits(hash, part);
        for (const double part : at.component_of_shortfall) hash = support::add_bits(hash, part);
    }
    return hash;
}

/// The same market if money always cost the same: then discounted values are martingales exactly.
market with_one_rate(const market& today) {
    return {today.underlyings, today.moves_together, rate_curve({{0, today.rates(1)}})};
}

class comparison {
public:
    comparison(const problem& of, const settings& chosen)
        : of_(of), chosen_(chosen), revalued_(of.held, of.today, of.plan, chosen.nested_pairs),
          all_(options_for(chosen.workers)), one_(1) {
        found_.workers = all_.concurrency();
    }

    findings run() {
        found_.found = run_with(all_, found_.with_all);
        found_.fingerprint = fingerprint_of(found_.found);
        if (chosen_.nested_pairs != 0) check_nested();
        if (chosen_.only_check)
            check_horizon();
        else
            repeat();
        return std::move(found_);
    }

private:
    // Takes turns, so that whatever else the machine does meets all alike.
    void repeat() {
        for (unsigned round = 0; round < chosen_.repeat; ++round) {
            if (round != 0) expect_same(run_with(all_, found_.with_all));
            if (found_.workers != 1) expect_same(run_with(one_, found_.with_one));
        }
    }

    outcome run_with(pel::thread_pool& pool, step_seconds& best) {
        const std::string who = support::count_of(pool.concurrency(), "worker");
        outcome found;
        found.value_now = revalued_.value_now();
        pool.execute([&] {
            shown_.begin(who, "position", of_.held.size());
            support::keep_best(best.prices, support::seconds_of([&] {
                                   found.prices = price_all(of_.held, of_.today, chosen_.seed, chosen_.pairs, shown_);
                               }));
            shown_.begin(who, "scenario", of_.plan.count);
            support::keep_best(best.scenarios, support::seconds_of([&] { found.changes = revalued_.run(shown_); }));
            support::keep_best(best.measures, support::seconds_of([&] {
                                   found.measured = measure_risk(found.changes, chosen_.worst);
                               }));
        });
        return found;
    }

    void expect_same(const outcome& other) const {
        if (other != found_.found) throw wrong_result("two runs differ in their results");
    }

    void check_nested() {
        agreement checked("the simulated value at the horizon");
        const double paths = static_cast<double>(of_.plan.count) * chosen_.nested_pairs;
        for (std::size_t i = 0; i != of_.held.size(); ++i)
            if (revalued_.is_simulated(of_.held[i]))
                checked.add(of_.held[i], found_.found.changes.off[i], of_.plan.count, spot_of(i) / paths);
        found_.nested_errors = checked.worst();
    }

    // What is worth something in some days is worth as much today, but for interest: so says no formula for the
    // horizon, but each of them must agree.
    void check_horizon() {
        const market flat = with_one_rate(of_.today);
        const revaluation again(of_.held, flat, of_.plan, 0);
        shown_.begin("check", "scenario", of_.plan.count);
        const profit_and_loss changes = all_.execute([&] { return again.run(shown_); });
        agreement checked("the mean value at the horizon");
        for (std::size_t i = 0; i != of_.held.size(); ++i)
            checked.add(of_.held[i], changes.off[i], of_.plan.count, spot_of(i) / of_.plan.count);
        found_.horizon_errors = checked.worst();
    }

    double spot_of(std::size_t position) const {
        return of_.today.underlyings[of_.held[position].contract.underlying].spot;
    }

    const problem& of_;
    const settings& chosen_;
    const revaluation revalued_;
    pel::thread_pool all_, one_;
    progress shown_;
    findings found_;
};

} // namespace

problem read_problem(const settings& chosen) {
    market today = read_market(chosen.market, chosen.rates);
    book held = read_book(chosen.positions, today, chosen.horizon_days);
    const double numbers = static_cast<double>(chosen.scenarios) * static_cast<double>(today.underlyings.size() + 3);
    support::expect_memory("--scenarios " + std::to_string(chosen.scenarios), 2 * sizeof(double) * numbers);
    return {std::move(today), std::move(held), {chosen.scenarios, chosen.horizon_days, chosen.seed}};
}

findings run_all(const problem& of, const settings& chosen) { return comparison(of, chosen).run(); }

} // namespace market_risk
