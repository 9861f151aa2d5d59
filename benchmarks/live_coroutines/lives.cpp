// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The process that makes coroutines, and the one that asks it.
#include "workload.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace {

using clock = bench::clock;

struct figures {
    double bytes = 0, start_ns = 0, finish_ns = 0;
};

figures measure_life(const workload::lives::live& live, workload::numbers& all) {
    figures found;
    const auto count = static_cast<double>(all.size());
    const std::int64_t kib_before = bench::anonymous_kib();
    const clock::time_point start = clock::now();
    clock::time_point resumed;
    live(all, [&] {
        found.start_ns = bench::seconds_since(start) * 1e9 / count;
        found.bytes = static_cast<double>(bench::anonymous_kib() - kib_before) * 1024 / count;
        resumed = clock::now();
    });
    found.finish_ns = bench::seconds_since(resumed) * 1e9 / count;
    return found;
}

void measure_lives(const workload::lives::live& live, std::size_t count) {
    workload::numbers all(count, 0);
    const figures fresh = measure_life(live, all), again = measure_life(live, all);
    if (!std::all_of(all.begin(), all.end(), [](std::uint32_t each) { return each == 2; })) std::exit(1);
    std::printf("%.1f %.3f %.3f %.3f %.3f\n", fresh.bytes - static_cast<double>(workload::bytes_of_arguments),
                fresh.start_ns, fresh.finish_ns, again.start_ns, again.finish_ns);
}

void ask_child(benchmark::State& state, const std::string& child) {
    for (auto _ : state) {
        std::istringstream answer(bench::run_child(child));
        double bytes = 0, start = 0, finish = 0, again_start = 0, again_finish = 0;
        if (!(answer >> bytes >> start >> finish >> again_start >> again_finish)) return bench::fail(state);
        state.SetIterationTime((start + finish) / 1e9);
        state.counters["bytes_per_coroutine"] = bytes;
        state.counters["start_ns"] = start;
        state.counters["finish_ns"] = finish;
        state.counters["again_start_ns"] = again_start;
        state.counters["again_finish_ns"] = again_finish;
    }
}

std::string child_name(const std::string& runtime, unsigned workers, const char* run) {
    return runtime + "_" + std::to_string(workers) + run;
}

} // namespace

workload::lives::lives(const std::string& runtime, unsigned workers, std::size_t full, std::size_t quick,
                       std::function<live(unsigned workers)> make)
    : full_(child_name(runtime, workers, "_full"), [=] { measure_lives(make(workers), full); }),
      quick_(child_name(runtime, workers, "_quick"), [=] { measure_lives(make(workers), quick); }),
      variant_("live_coroutines", runtime, workers, 1, [=](benchmark::State& state, unsigned) {
          ask_child(state, child_name(runtime, workers, bench::is_quick() ? "_quick" : "_full"));
      }) {}
