// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// barriers: two threads of the program meet, again and again, with nothing in between: what does a phase take? And four
// threads, which are more than two CPUs: those that wait have to sleep, or to make way. barrier: by one barrier; latch: by
// a latch of its own for each phase. pel_tasks and pel_coroutines: the same in a pool of two, where who waits frees a seat,
// or suspends. The time is that of one phase, of all in a few ms. serial: one thread, which does between meetings what all do.
// oneTBB has no barrier.
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace workload {

/// What all who meet have in common: which phase each of them is in, and until when they go on.
class meeting {
public:
    explicit meeting(unsigned members) : places_(members) {}

    /// Before member `me` comes to the meeting of a phase; the first one is 1. Member 0 has the clock.
    void begin(unsigned me, std::uint32_t phase) {
        if (me == 0) look_at_the_clock(phase);
        places_[me].phase.store(phase, std::memory_order_relaxed);
    }
    /// After it. Returns: whether there is another one.
    bool end(unsigned me, std::uint32_t phase) {
        for (const place& each : places_) {
            if (each.phase.load(std::memory_order_relaxed) < phase) has_missed_.store(true, std::memory_order_relaxed);
        }
        const std::uint32_t last = last_.load(std::memory_order_relaxed);
        const bool is_last = last != 0 && phase >= last; // more, if somebody did not wait
        if (is_last && me == 0) seconds_ = bench::seconds_since(start_) / (phase - first);
        return !is_last;
    }
    bool is_right() const { return !has_missed_.load(std::memory_order_relaxed); }
    double seconds_of_a_phase() const { return seconds_; }
    unsigned members() const { return static_cast<unsigned>(places_.size()); }

private:
    static constexpr std::uint32_t first = 16; ///< the last one that is not measured

    struct alignas(64) place {
        std::atomic<std::uint32_t> phase{0};
    };

    /// When it is time, all are to know which phase is the last before they have left it: so that is not this one.
    void look_at_the_clock(std::uint32_t phase) {
        if (phase == first + 1)
            start_ = bench::clock::now();
        else if (phase % 16 == 0 && phase > first && last_.load(std::memory_order_relaxed) == 0 && is_over())
            last_.store(phase + 1, std::memory_order_relaxed);
    }
    bool is_over() const {
        return bench::clock::now() - start_ > std::chrono::milliseconds(bench::is_quick() ? 5 : 20);
    }

    std::vector<place> places_;
    std::atomic<std::uint32_t> last_{0};
    std::atomic<bool> has_missed_{false};
    bench::clock::time_point start_{};
    double seconds_ = 0;
};

/// What a member does that is no coroutine. meet(me, phase) returns when all have called it.
template <class Meet>
void take_part(meeting& all, unsigned me, const Meet& meet) {
    for (std::uint32_t phase = 1;; ++phase) {
        all.begin(me, phase);
        meet(me, phase);
        if (!all.end(me, phase)) return;
    }
}

/// The calling thread is member 0.
template <class Meet>
void meet_in_threads(meeting& all, const Meet& meet) {
    std::vector<std::thread> others;
    for (unsigned me = 1; me != all.members(); ++me) others.emplace_back([&, me] { take_part(all, me, meet); });
    take_part(all, 0, meet);
    for (std::thread& other : others) other.join();
}

/// A latch for each phase, built anew while nobody uses it: two phases before its own.
template <class Latch>
class latches {
public:
    explicit latches(unsigned members) : members_(members) {
        for (std::optional<Latch>& each : all_) each.emplace(members_);
    }
    void operator()(unsigned me, std::uint32_t phase) {
        all_[phase % 3]->arrive_and_wait();
        if (me == 0) all_[(phase + 2) % 3].emplace(members_); // the last phase's, which all have left
    }

private:
    std::ptrdiff_t members_;
    std::array<std::optional<Latch>, 3> all_;
};

/// Registers run(a meeting), which returns when all members have taken part in it.
template <class Run>
bool register_meetings(const std::string& name, const std::string& runtime, std::initializer_list<unsigned> members,
                       const Run& run) {
    for (const unsigned each : members) {
        const bench::registration variant(name, runtime, each, 1, [=](benchmark::State& state, unsigned count) {
            for (auto _ : state) {
                meeting all(count);
                run(all);
                if (!all.is_right()) {
                    bench::fail(state);
                    break;
                }
                state.SetIterationTime(all.seconds_of_a_phase());
            }
        });
    }
    return true;
}

/// Both with threads, with one library's types.
template <class Barrier, class Latch>
bool register_types(const std::string& runtime) {
    register_meetings("barrier", runtime, {2, 4}, [](meeting& all) {
        Barrier barrier(all.members());
        meet_in_threads(all, [&](unsigned, std::uint32_t) { barrier.arrive_and_wait(); });
    });
    return register_meetings("latch", runtime, {2, 4}, [](meeting& all) {
        latches<Latch> each(all.members());
        meet_in_threads(all, [&](unsigned me, std::uint32_t phase) { each(me, phase); });
    });
}

} // namespace workload
