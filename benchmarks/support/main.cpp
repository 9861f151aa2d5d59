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
#include <iostream>
#include <memory>
#include <sstream>
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

Repetitions take turns: serial, pel, tbb and omp alternate in random order. Where a runtime needs another environment,
processes take turns as well, each with the serial code in it. Medians are printed.
)";

constexpr double slow_seconds = 5; ///< A variant that took longer in sum over three repetitions is not run again.
constexpr unsigned turns = 3;      ///< Of each process, where there are several; each runs three repetitions.
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
        else if (argument == "--turn")
            chosen.is_turn = true;
        else if (argument.starts_with("--without="))
            chosen.without = value();
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
            chosen.is_quick || chosen.is_turn ? "--benchmark_repetitions=3" : "--benchmark_repetitions=9"};
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

/// Calls each(variant, workers, name) in that order, with the names that they have in a process of this suffix.
template <class Each>
void for_each_name(const std::string& suffix, const Each& each) {
    for (const bench::variant* what : in_order()) {
        for (const unsigned workers : worker_counts(*what)) {
            const std::string workload = suffix.empty() ? what->workload : what->workload + "_" + suffix;
            each(*what, workers, workload + "/" + what->runtime + "/" + std::to_string(workers));
        }
    }
}

/// Returns: the names that tables have, in order.
std::vector<std::string> all_names() {
    std::vector<std::string> names;
    const auto add = [&](const bench::variant&, unsigned, const std::string& name) { names.push_back(name); };
    for_each_name(bench::chosen().suffix, add);
    for (const bench::rerun& rerun : bench::reruns()) for_each_name(rerun.suffix, add);
    return names;
}

void register_all() {
    const bench::settings& chosen = bench::chosen();
    for_each_name(chosen.suffix, [&](const bench::variant& what, unsigned workers, const std::string& name) {
        if (("," + chosen.without + ",").find("," + name + ",") != std::string::npos) return;
        auto body = std::make_shared<turn>(turn{what, workers});
        auto* registered =
            benchmark::RegisterBenchmark(name.c_str(), [body](benchmark::State& state) { (*body)(state); });
        if (what.iterations != 0) registered->UseManualTime()->Iterations(what.iterations);
    });
}

std::string settings_again() {
    const bench::settings& chosen = bench::chosen();
    std::string text = chosen.is_quick ? "--quick" : "";
    if (chosen.size != 0) text += " --size=" + std::to_string(chosen.size);
    return text;
}

/// Every variant that ran, once more in a process of its own, so that none finds memory that another has left.
void measure_memory(bench::table_reporter& reporter) {
    for_each_name("", [&](const bench::variant& what, unsigned, const std::string& name) {
        if (what.iterations != 0 || what.runtime.starts_with("serial") || !reporter.has(name)) return;
        std::istringstream grown(
            bench::run_self("", settings_again() + " --memory-run '--benchmark_filter=^" + name + "(/|$)'"));
        if (double kib = 0, threads = 0; grown >> kib >> threads) {
            reporter.add_counter(name, "grown_KiB", kib);
            reporter.add_counter(name, "threads_more", threads);
        }
    });
}

/// A process that takes its turn.
struct process {
    std::string suffix;
    std::string launcher; ///< what stands before the executable
    std::string arguments;
};

std::vector<process> all_processes() {
    std::vector<process> all{{"", "", ""}};
    for (const bench::rerun& rerun : bench::reruns()) {
        if (!rerun.library.empty() && !std::filesystem::exists(rerun.library)) {
            std::printf("\nleft out: _%s, there is no %s\n", rerun.suffix.c_str(), rerun.library.c_str());
            continue;
        }
        const std::string preload = rerun.library.empty() ? "" : "'LD_PRELOAD=" + rerun.library + "' ";
        all.push_back({rerun.suffix, "env " + preload + rerun.environment,
                       " --suffix=" + rerun.suffix + " '--benchmark_filter=" + rerun.filter + "'"});
    }
    return all;
}

/// Runs all processes by turns, so that each sees the machine as it changes. Returns: whether all of them ended well.
bool run_processes(bench::table_reporter& reporter) {
    const std::vector<process> all = all_processes();
    const unsigned count = bench::chosen().is_quick ? 1 : turns;
    bool is_good = true;
    for (unsigned turn = 0; turn != count; ++turn) {
        for (const process& each : all) {
            std::printf("turn %u of %u, process %s\n", turn + 1, count,
                        each.suffix.empty() ? "as it is" : each.suffix.c_str());
            std::fflush(stdout);
            const std::string slow = reporter.slower_than(slow_seconds / 3);
            const std::string arguments = settings_again() + " --turn --without=" + slow + each.arguments;
            try {
                reporter.read(bench::run_self(each.launcher, arguments));
            } catch (const std::runtime_error& failure) {
                std::fprintf(stderr, "error: %s\n", failure.what());
                is_good = false;
            }
        }
    }
    return is_good;
}

int run(int argc, char** argv) {
    const std::vector<std::string> rest = take_options(argc, argv);
    const bench::settings& chosen = bench::chosen();
    if (!chosen.child.empty()) return bench::be_child(chosen.child) ? 0 : 2;

    initialize(argv[0], rest);
    register_all();
    bench::table_reporter reporter(all_names());
    bool is_good = true;
    if (rest.empty() && chosen.suffix.empty() && !chosen.is_turn && !bench::reruns().empty())
        is_good = run_processes(reporter);
    else
        benchmark::RunSpecifiedBenchmarks(&reporter);
    if (chosen.is_memory_run) {
        const bench::growth grown = bench::memory_watch::largest_growth();
        std::cout << grown.kib << ' ' << grown.threads << '\n';
        return reporter.has_failures() ? 1 : 0;
    }
    if (chosen.is_turn) {
        reporter.write(std::cout);
        return 0;
    }
    if (wants_memory) measure_memory(reporter);
    reporter.print();
    if (!chosen.results.empty()) reporter.append_to(chosen.results);
    return is_good && !reporter.has_failures() ? 0 : 1;
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
