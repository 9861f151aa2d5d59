// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// late_help: a worker forks 100 jobs of 1 ms, then runs a leaf of 50 ms that never looks at the runtime. When does the
// second worker start? Time from the first fork until another thread begins a job; the median, and the worst as a counter.
// late_help_spinning: the other worker has just finished something. late_help_parked: the pool has been idle for long.
// late_help_bound: idle too, its threads bound to a core each. late_help_busy: the forker alone has been busy for long.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

namespace workload {

inline constexpr unsigned jobs = 100, iterations = 5;
inline constexpr std::chrono::milliseconds job_time{1}, leaf_time{50};
inline std::chrono::milliseconds long_time() { return std::chrono::milliseconds(bench::is_quick() ? 100 : 300); }

enum class before { spinning, parked, bound, busy };

inline std::string name(before what) {
    constexpr std::array<const char*, 4> names{"spinning", "parked", "bound", "busy"};
    return std::string("late_help_") + names.at(static_cast<std::size_t>(what));
}

/// When the first job began that another thread ran.
class first_start {
public:
    first_start() : start_(bench::clock::now()) {}

    void run_job() {
        if (std::this_thread::get_id() != forker_) {
            std::int64_t none = never;
            first_.compare_exchange_strong(none, (bench::clock::now() - start_).count(), std::memory_order_relaxed);
        }
        bench::spin_for(job_time);
        done_.fetch_add(1, std::memory_order_relaxed);
    }
    bool is_complete() const { return done_.load() == jobs; }
    /// That of all the jobs together, if nobody helped.
    double seconds() const {
        const std::int64_t first = first_.load();
        if (first == never) return bench::seconds_since(start_);
        return std::chrono::duration<double>(bench::clock::duration(first)).count();
    }

private:
    static constexpr std::int64_t never = -1;

    bench::clock::time_point start_;
    std::thread::id forker_ = std::this_thread::get_id();
    std::atomic<std::int64_t> first_{never};
    std::atomic<unsigned> done_{0};
};

/// The forker's part: enter(f) calls f on a worker; share() keeps both workers busy for a moment;
/// fork_and_wait(job, leaf) forks `jobs` times, runs the leaf and waits.
template <class Enter, class Share, class ForkAndWait>
void measure_help(benchmark::State& state, before what, Enter enter, Share share, ForkAndWait fork_and_wait) {
    double worst = 0;
    for (auto _ : state) {
        if (what == before::parked || what == before::bound) std::this_thread::sleep_for(long_time());
        enter([&] {
            if (what == before::spinning) share();
            if (what == before::busy) bench::spin_for(long_time());
            first_start help;
            fork_and_wait([&help] { help.run_job(); }, [] { bench::spin_for(leaf_time); });
            if (!help.is_complete()) bench::fail(state);
            state.SetIterationTime(help.seconds());
            worst = std::max(worst, help.seconds());
        });
        if (state.error_occurred()) break;
    }
    state.counters["worst_ms"] = worst * 1e3;
}

} // namespace workload
