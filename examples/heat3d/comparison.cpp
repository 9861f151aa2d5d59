// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "comparison.hpp"

#include "errors.hpp"
#include "exact_solution.hpp"
#include "progress.hpp"
#include "support/measuring.hpp"
#include "support/memory.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace heat3d {

namespace {

constexpr double enough_seconds = 2; // of repeating
constexpr int most_rounds = 5;
constexpr std::uint64_t streams = 50;

pel::thread_pool_options options_for(unsigned workers) {
    pel::thread_pool_options options;
    options.concurrency = workers;
    return options;
}

void keep_best(phase_seconds& best, const phase_seconds& run) {
    support::keep_best(best.stream, run.stream);
    support::keep_best(best.step, run.step);
}

class comparison {
public:
    explicit comparison(const settings& chosen)
        : chosen_(chosen), exact_(chosen.n), plan_{chosen.steps, chosen.only_check ? 0 : streams},
          all_(options_for(chosen.workers)), one_(1) {
        found_.workers = all_.concurrency();
        found_.rounding_bound = exact_.rounding_bound(chosen.steps);
        found_.discretisation_bound = exact_.discretisation_bound(chosen.steps);
    }

    findings run(bool draw) {
        run_first(draw);
        double total = 0;
        for (int round = 0; round < (chosen_.only_check ? 1 : most_rounds) && total < enough_seconds; ++round) {
            total += run_plainly();
            if (found_.workers != 1) total += run_with(one_, found_.with_one);
            if (total < enough_seconds && !chosen_.only_check) total += run_with(all_, found_.with_all);
        }
        return std::move(found_);
    }

private:
    void run_first(bool draw) {
        cube first(exact_, chosen_.n, plan_);
        progress_.begin(support::count_of(found_.workers, "worker"), chosen_.steps);
        first.run(all_, progress_);
        found_.stats = all_.stats();
        found_.tiers = all_.tiers();
        found_.with_all = first.seconds();
        found_.placement = first.placement();
        found_.worst = first.measure_deviation(all_);
        found_.fingerprint = first.fingerprint(all_);
        if (!(found_.worst.from_scheme <= found_.rounding_bound))
            throw wrong_result("the result is off by " + std::to_string(found_.worst.from_scheme));
        if (!(found_.worst.from_equation <= found_.discretisation_bound))
            throw wrong_result("the result is off the equation by " + std::to_string(found_.worst.from_equation));
        if (draw) found_.drawn = make_picture(first.temperatures());
    }

    double run_with(pel::thread_pool& pool, phase_seconds& best) {
        cube again(exact_, chosen_.n, plan_);
        progress_.begin(support::count_of(pool.concurrency(), "worker"), chosen_.steps);
        again.run(pool, progress_);
        return add(again, best);
    }

    double run_plainly() {
        cube again(exact_, chosen_.n, plan_);
        progress_.begin("plain loops", chosen_.steps);
        again.run_plainly(progress_);
        return add(again, found_.plain);
    }

    double add(const cube& run, phase_seconds& best) {
        if (run.fingerprint(all_) != found_.fingerprint) throw wrong_result("two runs differ in their results");
        keep_best(best, run.seconds());
        return run.seconds().step * static_cast<double>(chosen_.steps);
    }

    const settings& chosen_;
    const exact_solution exact_;
    const plan plan_;
    pel::thread_pool all_, one_;
    progress_line progress_;
    findings found_;
};

} // namespace

void expect_memory(std::size_t n) {
    support::expect_memory("-n " + std::to_string(n), 2.0 * sizeof(double) * static_cast<double>(grid::size_of(n)));
}

findings run_all(const settings& chosen, bool draw) { return comparison(chosen).run(draw); }

} // namespace heat3d
