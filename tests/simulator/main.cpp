// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compares ways to choose victims and whom to wake. Without --table it checks what is promised of the library's own way:
// at most 1.005 of the makespan of random choice, on two nodes 1.015; on several nodes a fifth of its steals from other
// nodes; and that the cores of a hybrid machine do nine tenths of what they can, where a loop is dealt to them.
#include "simulation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace simulator;

struct options {
    bool prints_table = false;
    unsigned seeds = 0;       // 0: as many as seeds_for says
    time_ns each = 5'000'000; // work per PU
    std::string only_machine, only_workload;
    std::vector<std::string> files;
};

const policy random_policy{"random", choice::random};
const policy nearest_policy{"nearest first", choice::nearest_first};
const policy own_policy{"PEL", choice::own};

// To random's makespan; on two nodes the first, largest piece of a loop would better go to the other one.
constexpr double promised = 1.005, promised_on_two_nodes = 1.015;
constexpr double promised_fewer = 5;
constexpr double promised_of_hybrid = 0.9; // of what its cores can do,
constexpr double most_steals_of_seat = 2;  // for they are dealt as much: of equal shares twice as much is stolen

/// Means of five seeds are 0.1 to 1 % off, which is more than two nodes are promised to lose; more seeds take long on
/// large machines.
unsigned seeds_for(const tested_machine& machine, const options& chosen) {
    if (chosen.seeds != 0) return chosen.seeds;
    return machine.seats() <= 32 ? 40 : 5;
}

/// Of the makespans also the standard error.
struct mean_result {
    double makespan = 0, error = 0, steals = 0, remote = 0;
};

mean_result run_all(const tested_machine& machine, const workload& what, const policy& how, unsigned seeds) {
    mean_result mean;
    double squares = 0;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        const result one = simulation(machine, what, how, seed).run();
        const auto makespan = static_cast<double>(one.makespan);
        mean.makespan += makespan / seeds;
        squares += makespan * makespan / seeds;
        mean.steals += static_cast<double>(one.steals) / seeds;
        mean.remote += static_cast<double>(one.remote_steals) / seeds;
    }
    if (seeds > 1) mean.error = std::sqrt(std::max(0.0, squares - mean.makespan * mean.makespan) / (seeds - 1));
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

void print_cell(const tested_machine& machine, const mean_result& mean) {
    std::printf(" %.2f", mean.makespan / 1e6);
    if (machine.nodes() > 1) std::printf(", %.0f", mean.remote);
    std::printf(" |");
}

/// `is_first`: of the machine. Returns: whether the promise holds.
bool compare(const tested_machine& machine, const workload& what, const options& chosen, bool is_first) {
    const unsigned seeds = seeds_for(machine, chosen);
    const mean_result random = run_all(machine, what, random_policy, seeds);
    const mean_result own = run_all(machine, what, own_policy, seeds);
    const double part = own.makespan / random.makespan;
    const double error = part * std::hypot(own.error / own.makespan, random.error / random.makespan);
    const bool is_kept = part <= (machine.nodes() == 2 ? promised_on_two_nodes : promised) &&
                         (machine.nodes() < 2 || own.remote * promised_fewer <= random.remote);
    if (chosen.prints_table) {
        std::printf("| %s | %s |", is_first ? machine.name().c_str() : "", what.name().c_str());
        print_cell(machine, random);
        print_cell(machine, run_all(machine, what, nearest_policy, seeds));
        print_cell(machine, own);
        std::printf(" %.3f ± %.3f |", part, error);
        if (machine.nodes() > 1)
            std::printf(" %.1f |\n", random.remote / own.remote);
        else
            std::printf("  |\n");
        std::fflush(stdout);
    } else if (!is_kept) {
        std::printf("%s, %s: %.3f of random's makespan, %.0f remote steals, random %.0f\n", machine.name().c_str(),
                    what.name().c_str(), part, own.remote, random.remote);
    }
    return is_kept;
}

/// A loop of equal items that is dealt to all cores. Returns: whether they do as much as is promised.
bool check_dealt(const tested_machine& machine, const options& chosen) {
    const data_loop what("dealt loop", machine, chosen.each, 1, 0.0, 0.0, true);
    if (!is_wanted(chosen.only_machine, machine.name()) || !is_wanted(chosen.only_workload, what.name())) return true;
    const mean_result own = run_all(machine, what, own_policy, seeds_for(machine, chosen));
    const double part = static_cast<double>(chosen.each) * machine.seats() / machine.whole_capacity() / own.makespan;
    const bool is_kept = part >= promised_of_hybrid && own.steals <= most_steals_of_seat * machine.seats();
    if (chosen.prints_table || !is_kept)
        std::printf("%s, %s: %.2f ms, %.3f of what the cores can do, %.0f steals\n", machine.name().c_str(),
                    what.name().c_str(), own.makespan / 1e6, part, own.steals);
    return is_kept;
}

bool parse(int count, char** arguments, options& chosen) {
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        if (name == "--table") {
            chosen.prints_table = true;
            continue;
        }
        if (++i == count) return false;
        const char* const value = arguments[i];
        if (name == "--seeds") {
            chosen.seeds = static_cast<unsigned>(std::atoi(value));
            if (chosen.seeds == 0) return false;
        } else if (name == "--work-us")
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
    return chosen.each > 0;
}

int run(const options& chosen) {
    std::vector<machine_pointer> machines;
    if (chosen.files.empty()) machines = built_in_machines();
    for (const std::string& file : chosen.files) machines.push_back(machine_from_xml(file));
    if (chosen.prints_table)
        std::printf("| machine | workload | random | nearest first | PEL | makespan | remote |\n"
                    "|---|---|---|---|---|---|---|\n");
    bool is_kept = true;
    for (const machine_pointer& machine : machines) {
        if (!is_wanted(chosen.only_machine, machine->name())) continue;
        bool is_first = true;
        for (const auto& what : workloads_for(*machine, chosen.each)) {
            if (!is_wanted(chosen.only_workload, what->name())) continue;
            is_kept &= compare(*machine, *what, chosen, is_first);
            is_first = false;
        }
    }
    if (chosen.files.empty()) is_kept &= check_dealt(*hybrid_machine(), chosen);
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
