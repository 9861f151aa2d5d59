// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "comparison.hpp"

#include "pipeline.hpp"
#include "reference.hpp"
#include "support/report_text.hpp"

#include <pel/thread_pool.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace sensor_pipeline {

namespace {

constexpr std::size_t tokens_per_worker = 4;
constexpr unsigned most_rounds = 5;
constexpr clock::duration enough = std::chrono::milliseconds(300); // for other rounds

class comparison {
public:
    explicit comparison(const settings& chosen) : chosen_(chosen), all_(chosen.workers) {
        result_.workers = all_.concurrency();
        result_.tokens = chosen.tokens != 0 ? chosen.tokens : tokens_per_worker * all_.concurrency();
    }

    outcome run() {
        run_with(all_, result_.with_all);
        if (chosen_.only_check)
            expect_same(result_.found, find_serially(chosen_.recording, chosen_.processed), "the pipeline");
        else if (chosen_.processed.rate == 0)
            repeat();
        return std::move(result_);
    }

private:
    // Takes turns, so that whatever else the machine does meets all alike. The first run has warmed up for all.
    void repeat() {
        pel::thread_pool one(1);
        const clock::time_point begin = clock::now();
        for (unsigned round = 0; round < most_rounds && clock::now() - begin < enough; ++round) {
            run_as("plain loop", result_.plain, run_plainly);
            if (result_.workers != 1) run_with(one, result_.with_one);
            run_with(all_, result_.with_all);
        }
    }

    void run_with(pel::thread_pool& pool, timing& timed) {
        run_as(std::to_string(pool.concurrency()) + " worker" + support::plural(pool.concurrency()), timed,
               [&](station& at) { run_pipeline(at, pool, result_.tokens); });
    }

    /// way(station) runs it. What the first run has found all others must find.
    template <class Way>
    void run_as(const std::string& who, timing& timed, Way way) {
        station at(chosen_.recording, chosen_.processed, who);
        way(at);
        timing its = at.take_timing();
        if (timed.seconds != 0) its.seconds = std::min(its.seconds, timed.seconds);
        timed = std::move(its);
        findings found = at.take_findings();
        if (is_warm_) return expect_same(found, result_.found, who);
        result_.form = at.form();
        result_.found = std::move(found);
        is_warm_ = true;
    }

    const settings& chosen_;
    pel::thread_pool all_;
    outcome result_;
    bool is_warm_ = false;
};

} // namespace

outcome run_all(const settings& chosen) { return comparison(chosen).run(); }

} // namespace sensor_pipeline
