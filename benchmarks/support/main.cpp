// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs all variants of a workload, repetitions of different variants taking turns, and prints medians and ratios.
#include "child.hpp"
#include "memory.hpp"
#include "registry.hpp"
#include "reporter.hpp"
#include "work.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace {

constexpr const char* usage = R"(
options besides Google Benchmark's:
  --quick          smaller sizes, fewer repetitions
  --size=N         the size of the workload
  --no-memory      do not run every variant once more, in a process of its own, to see how much memory it takes
  --results=FILE   append what was measured to FILE

Every repetition is a process-wide turn: serial, pel, tbb and omp alternate in random order; medians are printed.
)";

constexpr double slow_seconds = 5; ///< A variant that took longer in sum over three repetitions is not run again.
bool wants_memory = true;

/// Takes our own options out of the arguments.
std::vector<std::string> take_options(int argc, char** argv) {
    bench::settings& chosen = bench::chosen();
    std::vector<std::string> rest;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const auto value = [&] { return argument.substr(argument.find('=') + 1); };
        if (argument == "--quick")
            chosen.is_quick = true;
        else if (argument == "--memory-run")
            chosen.is_memory_run = true;
        else if (argument == "--no-memory")
            wants_memory = false;
        else if (argument.starts_with("--size="))
            chosen.size = std::stoull(value());
        else if (argument.starts_with("--child="))
            chosen.child = value();
        else if (argument.starts_with("--suffix="))
            chosen.suffix = value();
        else if (argument.starts_with("--results="))
            chosen.results = value();
        else
            rest.push_back(argument);
    }
    return rest;
}

std::vector<std::string> benchmark_flags() {
    const bench::settings& chosen = bench::chosen();
    if (chosen.is_memory_run) return {"--benchmark_repetitions=1", "--benchmark_min_time=0.1"};
    return {"--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.02",
            chosen.is_quick ? "--benchmark_repetitions=3" : "--benchmark_repetitions=9"};
}

void initialize(const char* program, const std::vector<std::string>& given) {
    std::vector<std::string> arguments{program};
    for (std::string& flag : benchmark_flags()) arguments.push_back(std::move(flag));
    arguments.insert(arguments.end(), given.begin(), given.end());
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    auto count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&count, pointers.data(), [] {
        std::fputs(usage, stdout);
        benchmark::PrintDefaultHelp();
    });
    if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) std::exit(2);
}

/// What all variants have in common: threads of the one before go to sleep first, and slow ones run three times.
struct turn {
    const bench::variant& what;
    unsigned workers;
    double seconds = 0;
    unsigned count = 0;

    void operator()(benchmark::State& state) {
        if (count >= 3 && seconds > slow_seconds) {
            bench::leave_out(state);
            return;
        }
        if (!bench::chosen().is_memory_run) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const bench::clock::time_point start = bench::clock::now();
        what.run(state, workers);
        seconds += bench::seconds_since(start);
        ++count;
    }
};

std::vector<unsigned> worker_counts(const bench::variant& what) {
    if (what.workers != bench::each_count) return {what.workers};
    std::vector<unsigned> counts{1, 2};
    if (const unsigned all = std::thread::hardware_concurrency(); all > 2) counts.push_back(all);
    return counts;
}

struct registered_name {
    std::string name;
    bool has_memory; ///< whether its memory is of interest
};

/// Variants in the order in which they are printed: workload by workload, the serial code first.
std::vector<const bench::variant*> in_order() {
    std::vector<std::string> workloads;
    const auto place = [&](const std::string& workload) {
        return std::find(workloads.begin(), workloads.end(), workload) - workloads.begin();
    };
    const auto rank = [](const std::string& runtime) { // pel_md is one of pel's
        return std::string_view("serial pel tbb omp").find(runtime.substr(0, runtime.find('_')));
    };
    std::vector<const bench::variant*> all;
    for (const bench::variant& what : bench::variants()) {
        if (place(what.workload) == std::ssize(workloads)) workloads.push_back(what.workload);
        all.push_back(&what);
    }
    const auto key = [&](const bench::variant& what) {
        return std::tuple(place(what.workload), rank(what.runtime), what.runtime);
    };
    std::sort(all.begin(), all.end(), [&](const auto* a, const auto* b) { return key(*a) < key(*b); });
    return all;
}

std::vector<registered_name> register_all() {
    const std::string suffix = bench::chosen().suffix.empty() ? "" : "_" + bench::chosen().suffix;
    std::vector<registered_name> names;
    for (const bench::variant* each : in_order()) {
        const bench::variant& what = *each;
        for (const unsigned workers : worker_counts(what)) {
            const std::string name = what.workload + suffix + "/" + what.runtime + "/" + std::to_string(workers);
            auto body = std::make_shared<turn>(turn{what, workers});
            auto* registered =
                benchmark::RegisterBenchmark(name.c_str(), [body](benchmark::State& state) { (*body)(state); });
            if (what.iterations != 0) registered->UseManualTime()->Iterations(what.iterations);
            names.push_back({name, what.iterations == 0 && what.runtime != "serial"});
        }
    }
    return names;
}

std::string settings_again() {
    const bench::settings& chosen = bench::chosen();
    std::string text = chosen.is_quick ? "--quick" : "";
    if (chosen.size != 0) text += " --size=" + std::to_string(chosen.size);
    return text;
}

/// Every variant that ran, once more in a process of its own, so that none finds memory that another has left.
void measure_memory(const std::vector<registered_name>& names, bench::table_reporter& reporter) {
    for (const registered_name& one : names) {
        if (!one.has_memory || !reporter.has(one.name)) continue;
        const std::string grown =
            bench::run_self("", settings_again() + " --memory-run '--benchmark_filter=^" + one.name + "(/|$)'");
        if (!grown.empty()) reporter.add_counter(one.name, "grown_KiB", std::stod(grown));
    }
}

bool run_second_processes() {
    bool is_good = true;
    for (const bench::rerun& rerun : bench::reruns()) {
        if (!rerun.library.empty() && !std::filesystem::exists(rerun.library)) {
            std::printf("\nleft out: _%s, there is no %s\n", rerun.suffix.c_str(), rerun.library.c_str());
            continue;
        }
        const std::string preload = rerun.library.empty() ? "" : "'LD_PRELOAD=" + rerun.library + "' ";
        const std::string& results = bench::chosen().results;
        const std::string arguments = settings_again() + " --no-memory --suffix=" + rerun.suffix +
                                      (results.empty() ? "" : " '--results=" + results + "'") +
                                      " '--benchmark_filter=" + rerun.filter + "'";
        is_good = bench::run_self_visibly("env " + preload + rerun.environment, arguments) && is_good;
    }
    return is_good;
}

int run(int argc, char** argv) {
    const std::vector<std::string> rest = take_options(argc, argv);
    const bench::settings& chosen = bench::chosen();
    if (!chosen.child.empty()) return bench::be_child(chosen.child) ? 0 : 2;

    initialize(argv[0], rest);
    const std::vector<registered_name> names = register_all();
    std::vector<std::string> order;
    for (const registered_name& one : names) order.push_back(one.name);
    bench::table_reporter reporter(order);
    benchmark::RunSpecifiedBenchmarks(&reporter);
    if (chosen.is_memory_run) {
        std::printf("%lld\n", static_cast<long long>(bench::memory_watch::largest_growth()));
        return reporter.has_failures() ? 1 : 0;
    }
    if (wants_memory) measure_memory(names, reporter);
    reporter.print();
    if (!chosen.results.empty()) reporter.append_to(chosen.results);
    bool is_good = !reporter.has_failures();
    if (rest.empty() && chosen.suffix.empty()) is_good = run_second_processes() && is_good;
    return is_good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        return 1;
    }
}
