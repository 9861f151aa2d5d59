// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs all variants of a workload, repetitions of different variants taking turns, prints medians and ratios, and writes
// what every repetition measured.
#include "child.hpp"
#include "memory.hpp"
#include "passes.hpp"
#include "registry.hpp"
#include "reporter.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

constexpr const char* usage = R"(
options besides Google Benchmark's:
  --quick          smaller sizes, fewer repetitions
  --size=N         the size of the workload
  --budget=SECONDS every variant runs once; none runs again when that time is over
  --limit=SECONDS  none runs for the first time either when that time is over, but for one
  --no-memory      do not run every variant once more, in a process of its own, to see how much memory it takes
  --results=FILE   append what every repetition measured to FILE

Repetitions take turns: serial, pel, tbb and omp alternate in random order. Where a runtime needs another environment,
processes take turns as well, each with the serial code in it. Medians are printed.
)";

constexpr unsigned turns = 3;           ///< Of each process, where there are several; each has three passes.
constexpr double part_of_memory = 0.25; ///< Of the budget.
bool wants_memory = true;

/// Returns: the number that an option says. Throws: std::invalid_argument unless that is all it says.
template <class T>
T number_of(const std::string& option) {
    const char* const end = option.data() + option.size();
    T number{};
    const auto read = std::from_chars(option.data() + option.find('=') + 1, end, number);
    if (read.ec != std::errc() || read.ptr != end || std::signbit(static_cast<double>(number)))
        throw std::invalid_argument(option + ": not a number, from 0 on");
    return number;
}

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
        else if (argument.starts_with("--budget="))
            chosen.budget = number_of<double>(argument);
        else if (argument.starts_with("--limit="))
            chosen.limit = number_of<double>(argument);
        else if (argument == "--no-memory")
            wants_memory = false;
        else if (argument.starts_with("--size="))
            chosen.size = number_of<std::uint64_t>(argument);
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
    const char* const seconds = chosen.is_quick ? "0.01" : chosen.is_memory_run ? "0.1" : "0.02";
    return {"--benchmark_enable_random_interleaving=true", std::string("--benchmark_min_time=") + seconds};
}

unsigned passes() {
    const bench::settings& chosen = bench::chosen();
    return chosen.is_memory_run ? 1 : chosen.is_quick || chosen.is_turn ? 3 : 9;
}

/// `program` goes into what is written at the end: it must live.
void initialize(char* program, const std::vector<std::string>& given) {
    std::vector<std::string> arguments = benchmark_flags();
    arguments.insert(arguments.end(), given.begin(), given.end());
    std::vector<char*> pointers{program};
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    auto count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&count, pointers.data(), [] {
        std::fputs(usage, stdout);
        benchmark::PrintDefaultHelp();
    });
    if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) std::exit(2);
}

/// Returns: the names that tables have, in order.
std::vector<std::string> all_names() {
    std::vector<std::string> names;
    const auto add = [&](const bench::variant&, unsigned, const std::string& name) { names.push_back(name); };
    bench::for_each_name(bench::chosen().suffix, add);
    for (const bench::rerun& rerun : bench::reruns()) bench::for_each_name(rerun.suffix, add);
    return names;
}

std::string settings_again() {
    const bench::settings& chosen = bench::chosen();
    std::string text = chosen.is_quick ? "--quick" : "";
    if (chosen.size != 0) text += " --size=" + std::to_string(chosen.size);
    return text;
}

/// Every variant that ran, once more in a process of its own, so that none finds memory that another has left.
void measure_memory(bench::table_reporter& reporter, const bench::deadline& end) {
    bench::for_each_name("", [&](const bench::variant& what, unsigned, const std::string& name) {
        if (what.iterations != 0 || what.runtime.starts_with("serial") || !reporter.has(name)) return;
        if (end.has_passed()) return;
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
    double variants; ///< how many it has
};

double count_variants(const std::string& filter) {
    const std::regex pattern(filter);
    double count = 0;
    bench::for_each_name("", [&](const bench::variant&, unsigned, const std::string& name) {
        count += std::regex_search(name, pattern) ? 1 : 0;
    });
    return count;
}

std::vector<process> all_processes() {
    std::vector<process> all{{"", "", "", count_variants("")}};
    for (const bench::rerun& rerun : bench::reruns()) {
        if (!rerun.library.empty() && !std::filesystem::exists(rerun.library)) {
            std::printf("\nleft out: _%s, there is no %s\n", rerun.suffix.c_str(), rerun.library.c_str());
            continue;
        }
        const std::string preload = rerun.library.empty() ? "" : "'LD_PRELOAD=" + rerun.library + "' ";
        all.push_back({rerun.suffix, "env " + preload + rerun.environment,
                       " --suffix=" + rerun.suffix + " '--benchmark_filter=" + rerun.filter + "'",
                       count_variants(rerun.filter)});
    }
    return all;
}

/// Returns: ` option=` with `part` of the time that is left, or nothing if there is no end.
std::string share(const char* option, double part, const bench::deadline& end) {
    const double left = end.seconds_left();
    if (std::isinf(left)) return "";
    return std::string(" ") + option + "=" + std::to_string(std::max(0.001, left * part));
}

/// Runs all processes by turns, so that each sees the machine as it changes. Returns: whether all of them ended well.
bool run_processes(bench::table_reporter& reporter, const bench::deadline& end, const bench::deadline& limit) {
    const std::vector<process> all = all_processes();
    const unsigned count = bench::chosen().is_quick ? 1 : turns;
    double to_come = count * std::accumulate(all.begin(), all.end(), 0.0,
                                             [](double sum, const process& one) { return sum + one.variants; });
    bool is_good = true;
    for (unsigned turn = 0; turn != count; ++turn) {
        for (const process& each : all) {
            std::printf("turn %u of %u, process %s\n", turn + 1, count,
                        each.suffix.empty() ? "as it is" : each.suffix.c_str());
            std::fflush(stdout);
            const std::string slow = reporter.slower_than(bench::slow_seconds);
            const double part = each.variants / to_come;
            const std::string arguments = settings_again() + share("--budget", part, end) +
                                          share("--limit", part, limit) + " --turn --without=" + slow + each.arguments;
            to_come -= each.variants;
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

/// Runs this process as what it is: one that measures times, or one that is started by that.
int run(int argc, char** argv) {
    const std::vector<std::string> rest = take_options(argc, argv);
    const bench::settings& chosen = bench::chosen();
    if (!chosen.child.empty()) return bench::be_child(chosen.child) ? 0 : 2;

    initialize(argv[0], rest);
    const bench::deadline end(chosen.budget), end_of_times(chosen.budget * (wants_memory ? 1 - part_of_memory : 1));
    const bench::deadline limit(chosen.limit);
    bench::table_reporter reporter(all_names());
    bool is_good = true;
    if (rest.empty() && chosen.suffix.empty() && !chosen.is_turn && !bench::reruns().empty())
        is_good = run_processes(reporter, end_of_times, limit);
    else
        bench::run_passes(reporter, passes(), chosen.is_turn ? end : end_of_times, limit);
    if (chosen.is_memory_run) {
        const bench::growth grown = bench::memory_watch::largest_growth();
        std::cout << grown.kib << ' ' << grown.threads << '\n';
        return reporter.has_failures() ? 1 : 0;
    }
    if (chosen.is_turn) {
        reporter.write(std::cout);
        return 0;
    }
    if (wants_memory) measure_memory(reporter, end);
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
