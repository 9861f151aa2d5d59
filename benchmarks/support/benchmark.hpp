// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every workload uses: its variants under the name workload/runtime/workers, its size, and a timed loop that
// verifies every result. All variants of a workload are in one executable and take turns, so that ratios come from one run.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

namespace bench {

/// Returns: --size if it was given, else `quick` with --quick, else `full`.
std::uint64_t size(std::uint64_t full, std::uint64_t quick);
bool is_quick();

/// Where the worker count goes: 1 and 2, and all CPUs if there are more.
inline constexpr unsigned each_count = 0;

/// In which runs a variant takes part.
enum class runs { all, unless_quick };

/// A variant of a workload. Static objects of this type exist in serial.cpp, pel.cpp, tbb.cpp and omp.cpp.
struct registration {
    using body = std::function<void(benchmark::State&, unsigned workers)>;

    registration(std::string workload, std::string runtime, unsigned workers, body run, runs when = runs::all);

    /// `iterations` in each repetition, each of which calls state.SetIterationTime(); a third of them with --quick.
    registration(std::string workload, std::string runtime, unsigned workers, int iterations, body run,
                 runs when = runs::all);
};

/// Another process of the same executable, which takes turns with this one: with this environment, "NAME=value NAME=value", and only
/// the names that match `filter`. Its workloads are called WORKLOAD_suffix.
struct second_process {
    second_process(std::string environment, std::string suffix, std::string filter);
};

/// OpenMP and the serial code once more, each in a process of its own: with threads that wait actively (_active), with
/// the other compiler's runtime in place of libgomp (_libomp), and with both (_libomp_active).
struct openmp_processes {
    openmp_processes();
};

/// Makes the compiler believe that `value` may have changed and is read. (benchmark::DoNotOptimize of 1.7 turns a double
/// into 0 with g++.)
template <class T>
inline void hide(T& value) {
    if constexpr (std::is_integral_v<T> || std::is_pointer_v<T>)
        asm volatile("" : "+r"(value) : : "memory");
    else
        asm volatile("" : : "r"(&value) : "memory");
}

/// Ends a benchmark whose result is wrong.
inline void fail(benchmark::State& state) { state.SkipWithError("wrong result"); }

/// Times call(), whose every result has to be `expected`.
template <class T, class Call>
void measure(benchmark::State& state, const T& expected, Call call) {
    for (auto _ : state) {
        T result = call();
        hide(result);
        if (result != expected) [[unlikely]] {
            fail(state);
            break;
        }
    }
}

/// Times change(), which changes what restore() has made; is_right() tells whether it did it well. These two are not
/// timed.
template <class Restore, class Change, class Check>
void measure_changes(benchmark::State& state, Restore restore, Change change, Check is_right) {
    for (auto _ : state) {
        state.PauseTiming();
        restore();
        state.ResumeTiming();
        change();
        state.PauseTiming();
        const bool was_right = is_right();
        state.ResumeTiming();
        if (!was_right) {
            fail(state);
            break;
        }
    }
}

} // namespace bench
