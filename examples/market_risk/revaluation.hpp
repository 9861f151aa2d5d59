// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a book gains or loses until the horizon: in each scenario every position is valued again, with what has happened
// to it on the way.
#pragma once

#include "book.hpp"
#include "market.hpp"
#include "moments.hpp"
#include "progress.hpp"
#include "scenario.hpp"
#include "valuation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace market_risk {

struct profit_and_loss {
    std::size_t underlyings;
    std::vector<double> totals;        // of each scenario
    std::vector<double> by_underlying; // of a scenario all underlyings, then those of the next one
    std::vector<moments> off;          // of each position: see revaluation

    bool operator==(const profit_and_loss&) const = default;
};

class revaluation {
public:
    /// nested_pairs: 0: all values at the horizon are closed forms; or else those of options whose path counts are
    /// simulated, by that many pairs of paths in each scenario, independent ones.
    revaluation(const book& held, const market& today, const scenario_plan& plan, std::uint32_t nested_pairs);

    double value_now() const noexcept;

    /// All scenarios, in parallel. The same bits at every concurrency. `off` has what means should be 0: discounted
    /// values at the horizon minus those of today, if all rates are the same; or, for what is simulated, values minus
    /// their closed forms.
    profit_and_loss run(progress& shown) const;

    bool is_simulated(const position& held) const noexcept {
        return nested_pairs_ != 0 && held.contract.kind != option_kind::european;
    }

private:
    struct worth {
        double now;
        valuation at_horizon;
    };

    option_state state_of(const valuation& of, const scenario& made) const;
    double simulate(std::size_t position, const option_state& state, std::uint32_t scenario) const;
    double revalue(std::size_t position, const scenario& made, std::uint32_t number, moments& off) const;
    void revalue_all(const scenario& made, std::uint32_t number, profit_and_loss& result,
                     std::vector<moments>& off) const;

    const book& held_;
    const market& today_;
    scenario_plan plan_;
    std::uint32_t nested_pairs_;
    double discount_;
    std::vector<worth> worths_;
};

} // namespace market_risk
