// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "revaluation.hpp"

#include <pel/parallel_reduce.hpp>
#include <pel/policy.hpp>

#include <cmath>
#include <numeric>
#include <utility>

namespace market_risk {

revaluation::revaluation(const book& held, const market& today, const scenario_plan& plan, std::uint32_t nested_pairs)
    : held_(held), today_(today), plan_(plan), nested_pairs_(nested_pairs) {
    const double years = plan.days / days_of_year;
    discount_ = std::exp(-today.rates(years) * years);
    for (const position& each : held) {
        const option& contract = each.contract;
        const option_state now{std::log(today.underlyings[contract.underlying].spot)};
        worths_.push_back({valuation(contract, today, 0).closed_form(now), valuation(contract, today, plan.days)});
    }
}

double revaluation::value_now() const noexcept {
    double sum = 0;
    for (std::size_t i = 0; i != held_.size(); ++i) sum += held_[i].quantity * worths_[i].now;
    return sum;
}

// Chunks, and the order in which what they found is added, depend on the number of scenarios alone.
profit_and_loss revaluation::run(progress& shown) const {
    const std::size_t underlyings = today_.underlyings.size();
    profit_and_loss result{
        underlyings, std::vector<double>(plan_.count), std::vector<double>(plan_.count * underlyings), {}};
    const auto stretch = [&](std::uint32_t first, std::uint32_t last, std::vector<moments> off) {
        scenario made(today_, plan_);
        for (std::uint32_t number = first; number != last; ++number) {
            made.make(number);
            revalue_all(made, number, result, off);
        }
        shown.add(last - first);
        return off;
    };
    const auto add = [](std::vector<moments> left, const std::vector<moments>& right) {
        for (std::size_t i = 0; i != left.size(); ++i) left[i] = left[i] + right[i];
        return left;
    };
    result.off = pel::parallel_fold(
        pel::par.deterministic(), std::uint32_t{0}, plan_.count, [&] { return std::vector<moments>(held_.size()); },
        stretch, add);
    return result;
}

void revaluation::revalue_all(const scenario& made, std::uint32_t number, profit_and_loss& result,
                              std::vector<moments>& off) const {
    const std::span<double> row(result.by_underlying.data() + number * result.underlyings, result.underlyings);
    for (std::size_t i = 0; i != held_.size(); ++i) {
        const double change = revalue(i, made, number, off[i]) - worths_[i].now;
        row[held_[i].contract.underlying] += held_[i].quantity * change;
    }
    result.totals[number] = std::accumulate(row.begin(), row.end(), 0.0);
}

double revaluation::revalue(std::size_t position, const scenario& made, std::uint32_t number, moments& off) const {
    const auto& [now, at_horizon] = worths_[position];
    const option_state state = state_of(at_horizon, made);
    const double expected = at_horizon.closed_form(state);
    if (!is_simulated(held_[position])) {
        off.add(discount_ * expected - now);
        return expected;
    }
    const double value = simulate(position, state, number);
    off.add(value - expected);
    return value;
}

option_state revaluation::state_of(const valuation& of, const scenario& made) const {
    const option& contract = of.contract();
    option_state state{made.log_spot_at_end(contract.underlying)};
    for (const unsigned day : of.past_fixings()) state.log_fixed += made.log_spot(contract.underlying, day);
    if (has_barrier(contract.kind)) {
        const double barrier = std::log(contract.barrier);
        state.has_passed = is_down(contract.kind) ? made.log_lowest(contract.underlying) <= barrier
                                                  : made.log_highest(contract.underlying) >= barrier;
    }
    return state;
}

double revaluation::simulate(std::size_t position, const option_state& state, std::uint32_t scenario) const {
    double sum = 0;
    for (std::uint32_t pair = 0; pair != nested_pairs_; ++pair) {
        random_stream random(plan_.seed, purpose::nested, static_cast<std::uint32_t>(position), scenario, pair);
        sum += worths_[position].at_horizon.simulate(state, random);
    }
    return sum / nested_pairs_;
}

} // namespace market_risk
