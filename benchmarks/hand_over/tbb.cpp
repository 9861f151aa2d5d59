// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/task.h>
#include <tbb/task_group.h>

#include <array>
#include <atomic>

namespace {

using workload::turns;

/// An event for one task that suspends, made of what TBB has for that.
class resumable_event {
public:
    void set() {
        const tbb::task::suspend_point waiting = state_.exchange(is_set(), std::memory_order_acq_rel);
        if (waiting == nullptr) return;
        state_.store(nullptr, std::memory_order_relaxed); // nobody else is there: it goes on after the next line
        tbb::task::resume(waiting);
    }
    void wait() {
        if (state_.load(std::memory_order_acquire) != is_set()) {
            tbb::task::suspend([this](tbb::task::suspend_point here) {
                tbb::task::suspend_point none = nullptr;
                if (state_.compare_exchange_strong(none, here, std::memory_order_acq_rel)) return;
                state_.store(nullptr, std::memory_order_relaxed); // it was set meanwhile
                tbb::task::resume(here);
            });
        } else {
            state_.store(nullptr, std::memory_order_relaxed);
        }
    }

private:
    tbb::task::suspend_point is_set() { return reinterpret_cast<tbb::task::suspend_point>(this); }

    std::atomic<tbb::task::suspend_point> state_{nullptr}; // who waits
};

void take_turns(std::array<resumable_event, 2>& between, turns& all, unsigned party, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round != rounds; ++round) {
        if (party != 0 || round != 0) between[party].wait();
        all.take(party);
        between[1 - party].set();
    }
}

const bool suspended =
    workload::register_turns<bench::tbb_workers>("coroutines", "tbb", bench::each_count, workload::rounds_of_coroutines,
                                                 [](bench::tbb_workers& tbb, std::uint32_t rounds) {
                                                     std::array<resumable_event, 2> between;
                                                     turns all(rounds);
                                                     tbb.run([&] {
                                                         tbb::task_group group;
                                                         group.run([&] { take_turns(between, all, 1, rounds); });
                                                         group.run([&] { take_turns(between, all, 0, rounds); });
                                                         group.wait();
                                                     });
                                                     return all.seconds();
                                                 });

} // namespace
