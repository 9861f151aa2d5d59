// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// first_call: how long does the first parallel call of a process take? A fresh process for every measurement.
// first_call_invoke: two calls at the same time; first_call_loop: a loop over 1000 items.
#pragma once

#include "support/benchmark.hpp"
#include "support/child.hpp"
#include "support/work.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace workload {

inline constexpr int iterations = 20, items = 1000;

/// Registers both forms of a runtime: invoke(f, g) and loop(items, body).
template <class Invoke, class Loop>
class both_forms {
public:
    both_forms(const std::string& runtime, Invoke invoke, Loop loop)
        : invoke_child_("invoke_" + runtime, [=] { time(2, [&](auto add) { invoke(add, add); }); }),
          loop_child_("loop_" + runtime, [=] { time(items, [&](auto add) { loop(items, [=](int) { add(); }); }); }),
          invoke_("first_call_invoke", runtime, workers(runtime), iterations, from_child("invoke_" + runtime)),
          loop_("first_call_loop", runtime, workers(runtime), iterations, from_child("loop_" + runtime)) {}

private:
    static unsigned workers(const std::string& runtime) { return runtime == "serial" ? 1 : 2; }

    /// In the child: prints how many nanoseconds `call` takes.
    template <class Call>
    static void time(int expected, Call call) {
        std::atomic<int> sum{0};
        const bench::clock::time_point start = bench::clock::now();
        call([&sum] { sum.fetch_add(1, std::memory_order_relaxed); });
        const double seconds = bench::seconds_since(start);
        if (sum.load() != expected) std::exit(1);
        std::printf("%.0f\n", seconds * 1e9);
    }

    static bench::registration::body from_child(const std::string& child) {
        return [child](benchmark::State& state, unsigned) {
            for (auto _ : state) state.SetIterationTime(std::stod(bench::run_child(child)) / 1e9);
        };
    }

    bench::child invoke_child_, loop_child_;
    bench::registration invoke_, loop_;
};

} // namespace workload
