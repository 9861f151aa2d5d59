// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compares ways to choose victims and whom to wake. Without options: a short run that checks what the library promises of
// its own way. --table: the longer runs that detail/sched/README.md shows.
#include "simulation.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace simulator;

struct options {
    bool prints_table = false;
    unsigned seeds = 2;
    time_ns each = 1'000'000; // work per PU
    std::string only_machine, only_workload;
    std::vector<std::string> files;
    std::vector<policy> policies;
};

const policy random_policy{"random", choice::random};
const policy nearest_policy{"nearest first", choice::nearest_first};
const policy own_policy{"PEL", choice::own};
const policy asking_policy{"random, asks everybody", choice::random, true};

struct mean_result {
    double makespan = 0, steals = 0, remote = 0, lines = 0, requests = 0;
};

mean_result run_all(const tested_machine& machine, const workload& what, const policy& how, unsigned seeds) {
    mean_result mean;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        const result one = simulation(machine, what, how, seed).run();
        mean.makespan += static_cast<double>(one.makespan) / seeds;
        mean.steals += static_cast<double>(one.steals) / seeds;
        mean.remote += static_cast<double>(one.remote_steals) / seeds;
        mean.lines += static_cast<double>(one.lines) / seeds;
        mean.requests += static_cast<double>(one.requests) / seeds;
    }
    return mean;
}

std::vector<std::unique_ptr<const workload>> workloads_for(const tested_machine& machine, time_ns each) {
    std::vector<std::unique_ptr<const workload>> all;
    all.push_back(std::make_unique<fork_join>(machine, each));
    all.push_back(std::make_unique<data_loop>("skewed loop", machine, each, 1, 0.9, 0.1));
    all.push_back(std::make_unique<data_loop>("stencil", machine, each / 4, 4, 0.0, 0.5));
    return all;
}

bool is_wanted(const std::string& only, const std::string& name) { return name.find(only) != std::string::npos; }

void print_row(const mean_result& mean, const mean_result& random, const std::string& name) {
    std::printf("| %s | %.2f ms | %.3f | %.0f | %.0f | %.1f | %.0f | %.0f |\n", name.c_str(), mean.makespan / 1e6,
                mean.makespan / random.makespan, mean.steals, mean.remote,
                mean.remote == 0 ? 0.0 : random.remote / mean.remote, mean.lines, mean.requests);
}

/// Returns: whether the promise holds: never slower than random, and on several nodes a fifth of its remote steals.
bool compare(const tested_machine& machine, const workload& what, const options& chosen) {
    const mean_result random = run_all(machine, what, random_policy, chosen.seeds);
    const mean_result own = run_all(machine, what, own_policy, chosen.seeds);
    const bool is_fast = own.makespan <= random.makespan;
    const bool is_near = machine.nodes() < 2 || own.remote * 5 <= random.remote;
    if (chosen.prints_table) {
        std::printf("\n%s, %s\n| | makespan | of random's | steals | remote | fewer | lines moved | requests |\n",
                    machine.name().c_str(), what.name().c_str());
        print_row(random, random, random_policy.name);
        for (const policy& each : chosen.policies)
            print_row(run_all(machine, what, each, chosen.seeds), random, each.name);
        print_row(own, random, own_policy.name);
    }
    if (is_fast && is_near) return true;
    std::printf("%s, %s: %.3f of random's makespan, %.0f remote steals, random %.0f\n", machine.name().c_str(),
                what.name().c_str(), own.makespan / random.makespan, own.remote, random.remote);
    return false;
}

bool parse(int count, char** arguments, options& chosen) {
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        const char* const value = i + 1 < count ? arguments[i + 1] : nullptr;
        if (name == "--table") {
            chosen.prints_table = true;
            chosen.seeds = 5;
            chosen.each = 5'000'000;
            chosen.policies = {asking_policy, nearest_policy};
            continue;
        }
        if (value == nullptr) return false;
        ++i;
        if (name == "--seeds")
            chosen.seeds = static_cast<unsigned>(std::atoi(value));
        else if (name == "--work-us")
            chosen.each = 1000 * std::atoll(value);
        else if (name == "--machine")
            chosen.only_machine = value;
        else if (name == "--workload")
            chosen.only_workload = value;
        else if (name == "--xml")
            chosen.files.emplace_back(value);
        else
            return false;
    }
    return chosen.seeds > 0 && chosen.each > 0;
}

int run(const options& chosen) {
    std::vector<machine_pointer> machines;
    if (chosen.files.empty()) machines = built_in_machines();
    for (const std::string& file : chosen.files) machines.push_back(machine_from_xml(file));
    bool is_kept = true;
    for (const machine_pointer& machine : machines) {
        if (!is_wanted(chosen.only_machine, machine->name())) continue;
        for (const auto& what : workloads_for(*machine, chosen.each)) {
            if (is_wanted(chosen.only_workload, what->name())) is_kept &= compare(*machine, *what, chosen);
        }
    }
    return is_kept ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    options chosen;
    if (!parse(count, arguments, chosen)) {
        std::fputs("usage: pel_simulator [--table] [--seeds N] [--work-us N] [--machine NAME] [--workload NAME] [--xml "
                   "FILE]...\n",
                   stderr);
        return 2;
    }
    try {
        return run(chosen);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pel_simulator: %s\n", error.what());
        return 2;
    }
}
