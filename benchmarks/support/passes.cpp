// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes.hpp"

#include "registry.hpp"

#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {
namespace {

/// A variant, and what its last repetition told of it.
struct entry {
    const variant& what;
    unsigned workers;
    std::string name;
    benchmark::IterationCount iterations; ///< 0: Google Benchmark tries how many it takes
    double seconds = 0;
};

std::vector<entry> all_entries() {
    const settings& now = chosen();
    std::vector<entry> all;
    for_each_name(now.suffix, [&](const variant& what, unsigned workers, const std::string& name) {
        if (("," + now.without + ",").find("," + name + ",") != std::string::npos) return;
        all.push_back({what, workers, name, now.is_quick ? (what.iterations + 2) / 3 : what.iterations});
    });
    return all;
}

/// What all repetitions have in common: threads of the variant before go to sleep first.
void run_once(entry& one, benchmark::State& state) {
    static const entry* last = nullptr;
    if (std::exchange(last, &one) != &one && !chosen().is_memory_run)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const clock::time_point start = clock::now();
    one.what.run(state, one.workers);
    one.seconds = seconds_since(start);
    one.iterations = state.max_iterations;
}

/// `has_run`: whether any variant has.
void register_run(entry& one, const deadline& end, bool& has_run) {
    auto* registered = benchmark::RegisterBenchmark(one.name.c_str(), [&](benchmark::State& state) {
        if (has_run && end.has_passed()) {
            state.SkipWithError(left_out);
        } else {
            run_once(one, state);
            has_run = true;
        }
    });
    if (one.what.iterations != 0) registered->UseManualTime();
    if (one.iterations != 0) registered->Iterations(one.iterations);
}

} // namespace

deadline::deadline(double seconds) {
    if (seconds > 0)
        end_ = clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
}

double deadline::seconds_left() const { return end_ ? -seconds_since(*end_) : std::numeric_limits<double>::infinity(); }

void run_passes(table_reporter& reporter, unsigned most, const deadline& end, const deadline& limit) {
    std::vector<entry> all = all_entries();
    bool has_run = false;
    for (unsigned pass = 0; pass != most && (pass == 0 || !end.has_passed()); ++pass) {
        benchmark::ClearRegisteredBenchmarks();
        bool is_empty = true;
        for (entry& one : all) {
            if (pass != 0 && !reporter.has(one.name)) continue; // a filter left it out
            if (pass >= 3 && one.seconds > slow_seconds) continue;
            register_run(one, pass == 0 ? limit : end, has_run);
            is_empty = false;
        }
        if (is_empty) return;
        benchmark::RunSpecifiedBenchmarks(&reporter);
    }
}

} // namespace bench
