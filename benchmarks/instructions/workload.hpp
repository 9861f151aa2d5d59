// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// instructions: how many instructions one worker executes for a fork, a task of a group, a small loop, an item of a
// reduction, a call that enters the pool from outside. measure.py counts them in programs of their own, which it runs for
// N rounds and for 2 N: what stands only once in both, start and end of the program and the first calls from each place,
// cancels out. The variants are PEL as it was built, with the machine's topology (pel), the same with threads bound, so
// that seats have a plan (pel_bound), and PEL built with PEL_NO_HWLOC, which takes every machine to be flat (pel_flat).
#pragma once

#include "support/fibonacci.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace workload {

inline constexpr unsigned n = 20;             ///< of fork_join: fib(n), without a cutoff
inline constexpr std::uint32_t tasks = 1000;  ///< of task_group: that many, and one wait
inline constexpr std::uint32_t loops = 1000;  ///< of small_loops: that many, one after the other
inline constexpr std::uint32_t items = 16;    ///< of each of those
inline constexpr std::uint32_t many = 10'000; ///< of reduce: that many integers
inline constexpr std::uint32_t calls = 1000;  ///< of enter

/// A workload of `Way`, each function of which returns what its forks, tasks, loops, items or calls add up.
template <class Way>
struct round {
    std::string_view name;
    bool is_outside; ///< called by a thread that is no worker, else by a worker
    std::uint64_t (*run)(Way& way);
    std::uint64_t answer;
    std::uint64_t pieces; ///< forks, tasks, loops, items, calls
};

template <class Way>
inline constexpr std::array<round<Way>, 5> rounds{{
    {"fork_join", false, [](Way& way) { return way.fork_join(n); }, bench::fibonacci(n), bench::fibonacci(n + 1) - 1},
    {"task_group", false, [](Way& way) { return way.task_group(tasks); }, tasks, tasks},
    {"small_loops", false, [](Way& way) { return way.small_loops(loops); }, std::uint64_t{loops} * items, loops},
    {"reduce", false, [](Way& way) { return way.reduce(many); }, std::uint64_t{many} * (many - 1) / 2, many},
    {"enter", true, [](Way& way) { return way.enter(calls); }, calls, calls},
}};

} // namespace workload
