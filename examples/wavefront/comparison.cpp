// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "comparison.hpp"

#include "errors.hpp"
#include "pass.hpp"
#include "reference.hpp"
#include "support/measuring.hpp"
#include "support/progress_line.hpp"
#include "tile_graph.hpp"

#include <pel/thread_pool.hpp>

#include <string>
#include <utility>

namespace wavefront {

namespace {

pel::thread_pool_options options_for(unsigned workers) {
    pel::thread_pool_options options;
    options.concurrency = workers;
    return options;
}

class comparison {
public:
    comparison(const problem& of, const settings& chosen)
        : of_(of), chosen_(chosen), all_(options_for(chosen.workers)), one_(1), over_(of) {
        found_.workers = all_.concurrency();
    }

    findings run() {
        const tiling& cut = of_.cut;
        std::optional<tile_graph> graph;
        found_.building = support::seconds_of([&] { graph.emplace(cut.tile_rows(), cut.tile_columns()); });
        run_with(all_, *graph, found_.with_all);
        found_.end = over_.result;
        if (chosen_.only_check)
            expect(reference_end(of_), "the serial program");
        else
            repeat(*graph);
        trace();
        return std::move(found_);
    }

private:
    // Takes turns, so that whatever else the machine does meets all alike.
    void repeat(tile_graph& graph) {
        for (unsigned round = 0; round < chosen_.repeat; ++round) {
            if (round != 0) run_with(all_, graph, found_.with_all);
            if (found_.workers != 1) run_with(one_, graph, found_.with_one);
            over_.begin("plain loops", &progress_);
            support::keep_best(found_.plain, support::seconds_of([&] { run_plainly(over_); }));
            expect(over_.result, "plain loops");
        }
    }

    void run_with(pel::thread_pool& pool, tile_graph& graph, double& best) {
        over_.begin(support::count_of(pool.concurrency(), "worker"), &progress_);
        support::keep_best(best, support::seconds_of([&] { graph.run(pool, over_); }));
        if (found_.end.worth != 0) expect(over_.result, support::count_of(pool.concurrency(), "worker").c_str());
    }

    void expect(const local_end& other, const char* who) const {
        if (other != found_.end)
            throw wrong_result(std::string(who) + " found " + std::to_string(other.worth) + " at " +
                               std::to_string(other.row) + ", " + std::to_string(other.column) + ", not " +
                               std::to_string(found_.end.worth) + " at " + std::to_string(found_.end.row) + ", " +
                               std::to_string(found_.end.column));
    }

    void trace() {
        if (found_.end.worth == 0) return;
        found_.tracing = support::seconds_of([&] { found_.found = trace_back(of_, over_.around(), found_.end, all_); });
        const score worth = worth_of(found_.found->path, of_);
        if (worth != found_.end.worth)
            throw wrong_result("the alignment is worth " + std::to_string(worth) + ", not " +
                               std::to_string(found_.end.worth));
    }

    const problem& of_;
    const settings& chosen_;
    pel::thread_pool all_, one_;
    pass over_;
    support::progress_line progress_;
    findings found_;
};

} // namespace

problem read_problem(const settings& chosen) {
    const genome first(chosen.first_file);
    std::vector<base> bases = first.cut(chosen.first, "--first", strange_in_first);
    std::vector<base> others = chosen.second_file.empty()
                                   ? first.cut(chosen.second, "--second", strange_in_second)
                                   : genome(chosen.second_file).cut(chosen.second, "--second", strange_in_second);
    const tiling cut = choose_tiling(chosen, bases.size(), others.size());
    return {std::move(bases), std::move(others), chosen.costs, cut};
}

findings run_all(const problem& of, const settings& chosen) { return comparison(of, chosen).run(); }

} // namespace wavefront
