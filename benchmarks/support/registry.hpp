// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the static objects of benchmark.hpp and child.hpp left behind, and what the command line chose.
#pragma once

#include "benchmark.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

struct settings {
    bool is_quick = false;
    bool is_memory_run = false; ///< times do not count: how much memory does one benchmark take?
    std::uint64_t size = 0;
    std::string child;
    bool is_turn = false; ///< of several processes: prints what every repetition measured, for table_reporter::read()
    std::string without;  ///< names that have run often enough, with commas between
    std::string suffix;   ///< of a second process
    std::string results;  ///< a file that measured values are appended to
    double budget = 0;    ///< seconds after which no variant runs again; 0: any number
    double limit = 0;     ///< seconds after which none runs for the first time either, but for one; 0: any number
};

struct variant {
    std::string workload;
    std::string runtime;
    unsigned workers;
    int iterations; ///< of a full run; 0: as many as the time allows
    registration::body run;
    runs when;
};

struct rerun {
    std::string environment;
    std::string suffix;
    std::string filter;
    std::string library; ///< loaded before all others, if there is one
};

settings& chosen();
std::vector<variant>& variants();
std::vector<rerun>& reruns();

/// Calls each(variant, workers, name) for all that take part in this run, in the order in which they are printed: workload
/// by workload, the serial code first. The names are those in a process of this suffix.
void for_each_name(const std::string& suffix,
                   const std::function<void(const variant&, unsigned workers, const std::string& name)>& each);

} // namespace bench
