// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hand_over: two parties work by turns; who is done wakes the other and waits until it is woken. How long does a hand-over
// take? hand_over_semaphore, _condition (with a mutex), _event: two threads; std has no event, there it is
// std::atomic<bool>::wait(). hand_over_coroutines: two coroutines in one pool that suspend on an event (pel), a semaphore,
// a condition variable; two tasks of TBB that suspend; two fibers of Boost, in one thread, by a condition variable and by a
// channel. All count the turns, and see whether they come in order. serial: a loop that takes both parties' turns. OpenMP is
// left out: its threads cannot wait for each other but at barriers.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace workload {

/// Of each party.
inline std::uint32_t rounds_of_threads() { return static_cast<std::uint32_t>(bench::size(10'000, 1'000)); }
inline std::uint32_t rounds_of_coroutines() { return static_cast<std::uint32_t>(bench::size(30'000, 10'000)); }

/// What the parties do by turns, each `rounds` times: 0 begins.
class turns {
public:
    explicit turns(std::uint32_t rounds) : all_(2 * std::uint64_t{rounds}) {}

    void take(unsigned party) {
        if (count_ == first_counted) start_ = bench::clock::now();
        is_right_ = is_right_ && count_ % 2 == party;
        if (++count_ == all_) end_ = bench::clock::now();
    }
    /// Seconds for each, but for those in which everything was started; 0 if one was left out, or came in the other's place.
    double seconds() const {
        if (!is_right_ || count_ != all_) return 0;
        return std::chrono::duration<double>(end_ - start_).count() / static_cast<double>(all_ - first_counted);
    }

private:
    static constexpr std::uint64_t first_counted = 16;

    const std::uint64_t all_;
    std::uint64_t count_ = 0;
    bool is_right_ = true;
    bench::clock::time_point start_{}, end_{};
};

/// Registers run(workers, rounds), which returns turns::seconds().
template <class Workers, class Run>
bool register_turns(const std::string& form, const char* runtime, unsigned counts, std::uint32_t (*rounds)(), Run run) {
    const bench::registration one("hand_over_" + form, runtime, counts, 3,
                                  [=](benchmark::State& state, unsigned count) {
                                      Workers workers(count);
                                      for (auto _ : state) {
                                          const double seconds = run(workers, rounds());
                                          state.SetIterationTime(seconds);
                                          if (seconds == 0) {
                                              bench::fail(state);
                                              break;
                                          }
                                      }
                                  });
    return true;
}

} // namespace workload
