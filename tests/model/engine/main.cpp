// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Explores the registered programs and says what came out.
//   [--expect TEXT] [--bound N] [--list] [part of a name …]
// With --expect one of the programs must fail with a violation that contains TEXT, and the exit status says so.
#include <pel_model/program.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace model {
namespace {

struct entry {
    options settings;
    program explored;
    expectation expected;
};

std::vector<entry>& entries() {
    static std::vector<entry> all;
    return all;
}

unsigned chosen_bound = 0;

struct arguments {
    const char* expect = nullptr;
    bool list = false;
    std::vector<const char*> names;
};

arguments parse(int count, char** values) {
    arguments result;
    if (const char* text = std::getenv("PEL_MODEL_BOUND")) chosen_bound = static_cast<unsigned>(std::atoi(text));
    for (int i = 1; i < count; ++i) {
        const bool more = i + 1 < count;
        if (std::strcmp(values[i], "--expect") == 0 && more)
            result.expect = values[++i];
        else if (std::strcmp(values[i], "--bound") == 0 && more)
            chosen_bound = static_cast<unsigned>(std::atoi(values[++i]));
        else if (std::strcmp(values[i], "--list") == 0)
            result.list = true;
        else
            result.names.push_back(values[i]);
    }
    return result;
}

bool is_asked_for(const arguments& asked, const options& settings) {
    const bool fits = asked.list || chosen_bound >= settings.from_bound;
    if (asked.names.empty()) return fits;
    for (const char* part : asked.names) {
        if (std::strcmp(settings.name, part) == 0) return true;
        if (fits && std::strstr(settings.name, part) != nullptr) return true;
    }
    return false;
}

void print(const entry& shown, const result& found) {
    std::printf("%-62s %9llu executions %8llu redundant %7llu unfair %10llu steps %7.2f s  %s\n", shown.settings.name,
                static_cast<unsigned long long>(found.executions), static_cast<unsigned long long>(found.redundant),
                static_cast<unsigned long long>(found.unfair), static_cast<unsigned long long>(found.steps),
                found.seconds,
                found.violated   ? "VIOLATED"
                : found.complete ? "holds"
                                 : "holds as far as explored");
    for (const auto& [text, times] : found.outcomes)
        std::printf("    %-40s %8llu times\n", text.c_str(), static_cast<unsigned long long>(times));
    if (found.violated) std::printf("%s%s\n", found.trace.c_str(), found.violation.c_str());
    std::fflush(stdout);
}

std::string unexpected(const expectation& expected, const result& found) {
    if (expected.violation != nullptr)
        return found.violation.find(expected.violation) != std::string::npos ? "" : "the violation was not found";
    if (found.violated) return "violated";
    if (!expected.outcomes.empty()) {
        std::vector<std::string> seen;
        for (const auto& [text, times] : found.outcomes) seen.push_back(text);
        if (seen != expected.outcomes) return "other outcomes than expected";
    }
    if (expected.executions != 0 && found.executions != expected.executions)
        return "expected " + std::to_string(expected.executions) + " executions";
    return "";
}

int run_all(const arguments& asked) {
    int wrong = 0, run = 0;
    bool met = false;
    for (const entry& each : entries()) {
        if (!is_asked_for(asked, each.settings)) continue;
        ++run;
        if (asked.list) {
            std::printf("%s\n", each.settings.name);
            continue;
        }
        const result found = explore(each.settings, each.explored);
        print(each, found);
        if (asked.expect != nullptr) {
            met = met || (found.violated && found.violation.find(asked.expect) != std::string::npos);
            continue;
        }
        const std::string problem = unexpected(each.expected, found);
        if (problem.empty()) continue;
        std::printf("%s: %s\n", each.settings.name, problem.c_str());
        ++wrong;
    }
    if (run == 0) std::printf("no program has such a name\n");
    if (asked.expect != nullptr && !met) std::printf("the expected violation was not found: %s\n", asked.expect);
    return run == 0 || wrong != 0 || (asked.expect != nullptr && !met) ? 1 : 0;
}

} // namespace

registered::registered(const options& settings, program explored, expectation expected) {
    entries().push_back({settings, std::move(explored), std::move(expected)});
}

unsigned bound() { return chosen_bound; }

} // namespace model

int main(int count, char** values) { return model::run_all(model::parse(count, values)); }
