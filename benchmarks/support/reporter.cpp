// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "reporter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <ostream>
#include <sstream>
#include <utility>

namespace bench {
namespace {

/// The parts of workload/runtime/workers.
struct variant_name {
    std::string workload, runtime, workers;

    explicit variant_name(const std::string& full)
        : workload(full.substr(0, full.find('/'))), runtime(full.substr(workload.size() + 1)),
          workers(full.substr(full.rfind('/') + 1)) {
        runtime.resize(runtime.rfind('/'));
    }
    std::string library() const { return runtime.substr(0, runtime.find('_')); }
    /// What others are compared with, and not a competitor: the plain code, what the machine itself takes, or the compiler.
    bool is_reference() const { return library() == "serial" || library() == "plain" || library() == "bare"; }
};

double quantile(std::vector<double> values, double part) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::sort(values.begin(), values.end());
    const double at = part * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], at - static_cast<double>(below));
}

std::string printed_time(double ns) {
    char text[32];
    if (ns < 1e3)
        std::snprintf(text, sizeof text, "%.1f ns", ns);
    else if (ns < 1e6)
        std::snprintf(text, sizeof text, "%.2f us", ns / 1e3);
    else if (ns < 1e9)
        std::snprintf(text, sizeof text, "%.2f ms", ns / 1e6);
    else
        std::snprintf(text, sizeof text, "%.2f s", ns / 1e9);
    return text;
}

std::string printed_ratio(double ratio) {
    if (std::isnan(ratio)) return "";
    char text[32];
    std::snprintf(text, sizeof text, ratio < 0.1 ? "%.3f" : "%.2f", ratio);
    return text;
}

} // namespace

double measurement::time() const { return quantile(times, 0.5); }
double measurement::fastest() const { return quantile(times, 0); }
double measurement::spread() const { return (quantile(times, 0.75) - quantile(times, 0.25)) / 2 / time(); }
double measurement::counter(const std::string& name) const {
    return quantile(counters.at(name), name.starts_with("worst") ? 1.0 : 0.5);
}

table_reporter::table_reporter(std::vector<std::string> order) : order_(std::move(order)) {}

bool table_reporter::ReportContext(const Context&) { return true; }

void table_reporter::ReportRuns(const std::vector<Run>& runs) {
    for (const Run& run : runs) {
        if (run.run_type != Run::RT_Iteration) continue;
        const std::string& name = run.run_name.function_name;
        if (run.error_message == left_out) {
            left_out_.insert(name);
            continue;
        }
        measurement& all = found_[name];
        if (run.error_occurred) {
            all.error = run.error_message;
            continue;
        }
        all.times.push_back(run.real_accumulated_time / static_cast<double>(run.iterations) * 1e9);
        all.iterations.push_back(static_cast<double>(run.iterations));
        for (const auto& [counter, value] : run.counters) all.counters[counter].push_back(value.value);
    }
}

void table_reporter::add_counter(const std::string& variant, const std::string& name, double value) {
    const auto found = found_.find(variant);
    if (found != found_.end()) found->second.counters[name].push_back(value);
}

bool table_reporter::has_failures() const {
    return found_.empty() || std::any_of(found_.begin(), found_.end(), [](const auto& one) {
               return !one.second.error.empty() || one.second.times.empty();
           });
}

void table_reporter::print() const {
    std::string workload;
    for (const std::string& full : order_) {
        if (!has(full)) {
            if (left_out_.contains(full)) std::printf("left out: %s, there was no time\n", full.c_str());
            continue;
        }
        const variant_name name(full);
        if (name.workload != workload) {
            std::printf("\n%-48s %12s %8s %10s %12s\n", name.workload.c_str(), "time", "spread", "/ serial",
                        "/ best peer");
            workload = name.workload;
        }
        const measurement& all = found_.at(full);
        if (!all.error.empty() || all.times.empty()) {
            std::printf("%-48s %s\n", full.c_str(), all.error.c_str());
            continue;
        }
        double serial = std::numeric_limits<double>::quiet_NaN(), peer = serial;
        for (const auto& [other_full, other] : found_) {
            const variant_name one(other_full);
            if (one.workload != name.workload || other.times.empty()) continue;
            if (one.runtime == "serial")
                serial = other.time();
            else if (!one.is_reference() && one.library() != name.library() && one.workers == name.workers)
                peer = std::fmin(peer, other.time());
        }
        if (name.is_reference()) peer = std::numeric_limits<double>::quiet_NaN();
        std::printf("%-48s %12s %6.1f %% %10s %12s", full.c_str(), printed_time(all.time()).c_str(), all.spread() * 100,
                    printed_ratio(all.time() / serial).c_str(), printed_ratio(all.time() / peer).c_str());
        for (const auto& one : all.counters) std::printf("  %s=%.4g", one.first.c_str(), all.counter(one.first));
        std::printf("\n");
    }
    std::fflush(stdout);
}

std::string table_reporter::slower_than(double seconds) const {
    std::string names;
    for (const auto& [name, all] : found_) {
        if (!all.times.empty() && all.time() > seconds * 1e9) names += (names.empty() ? "" : ",") + name;
    }
    return names;
}

void table_reporter::write(std::ostream& to) const {
    to.precision(std::numeric_limits<double>::max_digits10);
    for (const std::string& name : order_) {
        if (!has(name)) {
            if (left_out_.contains(name)) to << name << "\tleft_out\t1\n";
            continue;
        }
        const measurement& all = found_.at(name);
        const auto add = [&](const std::string& metric, const std::vector<double>& values) {
            for (const double value : values) to << name << '\t' << metric << '\t' << value << '\n';
        };
        if (!all.error.empty()) to << name << "\terror\t" << all.error << '\n';
        add("time", all.times);
        add("iterations", all.iterations);
        for (const auto& [counter, values] : all.counters) add(counter, values);
    }
}

void table_reporter::read(const std::string& text) {
    std::istringstream lines(text);
    std::string name, metric, value;
    while (std::getline(lines, name, '\t') && std::getline(lines, metric, '\t') && std::getline(lines, value)) {
        if (metric == "left_out") {
            left_out_.insert(name);
            continue;
        }
        measurement& all = found_[name];
        if (metric == "error")
            all.error = value;
        else if (metric == "time")
            all.times.push_back(std::stod(value));
        else if (metric == "iterations")
            all.iterations.push_back(std::stod(value));
        else
            all.counters[metric].push_back(std::stod(value));
    }
}

void table_reporter::append_to(const std::string& path) const {
    std::ofstream file(path, std::ios::app);
    write(file);
}

} // namespace bench
