// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "comparison.hpp"

#include "pipeline.hpp"
#include "reference.hpp"
#include "support/report_text.hpp"

#include <pel/thread_pool.hpp>

#include <string>
#include <utility>

namespace sensor_pipeline {

namespace {

constexpr std::size_t tokens_per_worker = 4;

pel::thread_pool_options options_for(unsigned workers) {
    pel::thread_pool_options options;
    options.concurrency = workers;
    return options;
}

std::string count_of(unsigned workers) { return std::to_string(workers) + " worker" + support::plural(workers); }

} // namespace

outcome run_all(const settings& chosen) {
    pel::thread_pool all(options_for(chosen.workers));
    outcome result;
    result.workers = all.concurrency();
    result.tokens = chosen.tokens != 0 ? chosen.tokens : tokens_per_worker * all.concurrency();

    // way(station) runs it.
    const auto run = [&](const std::string& who, timing& timed, auto way) {
        station at(chosen.recording, chosen.processed, who);
        result.form = at.form();
        way(at);
        timed = at.take_timing();
        return at.take_findings();
    };
    result.found =
        run(count_of(result.workers), result.with_all, [&](station& at) { run_pipeline(at, all, result.tokens); });
    if (chosen.only_check) {
        expect_same(result.found, find_serially(chosen.recording, chosen.processed), "the pipeline");
    } else if (chosen.processed.rate == 0) {
        if (result.workers != 1) {
            pel::thread_pool one(1);
            const findings alone =
                run(count_of(1), result.with_one, [&](station& at) { run_pipeline(at, one, result.tokens); });
            expect_same(alone, result.found, count_of(1));
        }
        expect_same(run("plain loop", result.plain, run_plainly), result.found, "the plain loop");
    }
    return result;
}

} // namespace sensor_pipeline
