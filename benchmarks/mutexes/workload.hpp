// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mutexes: plain threads of the program, in turns bound to its CPUs, and one lock, of several kinds. KIND_open: one thread
// locks and unlocks, nobody else is there. KIND_100ns: 2, 4 or 8 threads want it again and again and hold it for about that
// long; KIND_100ns_of_400ns: a thread is elsewhere for the rest of its round, now longer, now shorter. The time is that of
// one round, of all that all threads made in a few ms: what a lock is held for is the best that can be. The counter
// slowest_of_mean: rounds of the slowest thread, in parts of the mean. serial: the same rounds by one thread without a lock.
// Of shared mutexes KIND_read only reads, and in KIND_mixed every 16th round writes.
#pragma once

#include "support/benchmark.hpp"
#include "support/chain.hpp"
#include "support/cpu_of_thread.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace workload {

/// What a thread does again and again, in steps of bench::chain().
struct round {
    std::string_view name;
    std::uint32_t held, outside;
};
inline constexpr std::array<round, 6> rounds{{{"0ns", 0, 0},
                                              {"100ns", 83, 0},
                                              {"1us", 833, 0},
                                              {"0ns_of_100ns", 0, 83},
                                              {"100ns_of_400ns", 83, 250},
                                              {"1us_of_4us", 833, 2'500}}};
inline constexpr std::span<const round> always_wanted = std::span(rounds).first(3);
inline constexpr std::span<const round> held_100ns = std::span(rounds).subspan(1, 1);
inline constexpr std::span<const round> held_for_some_time = std::span(rounds).subspan(1, 2);
inline constexpr std::array<unsigned, 3> two_to_eight{2, 4, 8};
inline constexpr std::array<unsigned, 2> two_and_eight{2, 8};
inline constexpr std::array<unsigned, 1> two_threads{2}, one_thread{1};

/// A kind of lock, and what is measured of it.
struct kind {
    std::string_view name;
    std::span<const round> all;
    std::span<const round> quick; ///< in quick runs: these, with two threads
    std::span<const unsigned> threads;
};
inline constexpr kind mutex{"mutex", rounds, rounds, two_to_eight};
inline constexpr kind timed_mutex{"timed_mutex", held_100ns, {}, two_threads};
inline constexpr kind recursive_mutex{"recursive_mutex", held_100ns, {}, two_threads};
inline constexpr kind spin_mutex{"spin_mutex", always_wanted, held_100ns, two_to_eight};
inline constexpr kind queuing_mutex{"queuing_mutex", always_wanted, held_100ns, two_to_eight};
inline constexpr kind shared_mutex{"shared_mutex", always_wanted, held_100ns, two_and_eight};
inline constexpr kind shared_mutex_read{"shared_mutex_read", held_for_some_time, held_100ns, two_and_eight};
inline constexpr kind shared_mutex_mixed{"shared_mutex_mixed", held_for_some_time, {}, two_and_eight};

/// How the lock is used.
enum class use { change, read, mixed };
inline constexpr unsigned reads_for_a_change = 15;

/// A lock's type, and how it is held alone and with others who read.
template <class Mutex, class Alone = std::lock_guard<Mutex>, class Together = std::shared_lock<Mutex>>
struct locks {
    using mutex = Mutex;
    using alone = Alone;
    using together = Together;
};

/// No lock at all.
struct nothing {};
struct hold_nothing {
    explicit hold_nothing(nothing&) {}
};
using no_locks = locks<nothing, hold_nothing, hold_nothing>;

/// What a lock protects.
class alignas(64) guarded {
public:
    void change(std::uint32_t steps) {
        was_whole_ = is_whole() && was_whole_;
        ++begun_;
        value_ = bench::chain(value_, steps);
        bench::hide(value_);
        ++ended_;
    }
    /// Returns: whether nobody changes it.
    bool read(std::uint32_t steps, std::uint32_t& mine) const {
        const bool was_whole = is_whole();
        mine = bench::chain(mine, steps);
        bench::hide(mine);
        return was_whole && is_whole();
    }
    bool is_right(std::uint64_t changes) const { return was_whole_ && is_whole() && begun_ == changes; }

private:
    bool is_whole() const { return begun_ == ended_; } // else somebody is about to change it

    std::uint64_t begun_ = 0, ended_ = 0;
    std::uint32_t value_ = 0;
    bool was_whole_ = true;
};

/// On lines of their own.
template <class Locks>
struct lock_and_data {
    alignas(64) typename Locks::mutex mutex{};
    guarded data{};
};

/// One of the threads.
class alignas(64) contender {
public:
    explicit contender(unsigned number) : mine_(number) {}

    template <class Locks, use How>
    void run(lock_and_data<Locks>& shared, const round& what, unsigned batch, const std::atomic<bool>& is_over) {
        std::uint64_t made = 0, changed = 0;
        std::uint32_t mine = mine_;
        bool is_right = true;
        do {
            for (unsigned each = 0; each != batch; ++each, ++made) {
                if (what.outside != 0) mine = bench::chain(mine, about(what.outside, mine));
                if (How == use::change || (How == use::mixed && made % (reads_for_a_change + 1) == 0)) {
                    const typename Locks::alone hold(shared.mutex);
                    shared.data.change(what.held);
                    ++changed;
                } else if constexpr (How != use::change) {
                    const typename Locks::together hold(shared.mutex);
                    if (!shared.data.read(what.held, mine)) is_right = false;
                }
            }
        } while (!is_over.load(std::memory_order_relaxed));
        mine_ = mine;
        made_ = made;
        changed_ = changed;
        is_right_ = is_right;
    }
    std::uint64_t made() const { return made_; }
    std::uint64_t changed() const { return changed_; }
    bool is_right() const { return is_right_; }

private:
    /// Returns: some number between half and one and a half of `steps`; else threads would fall into step.
    static std::uint32_t about(std::uint32_t steps, std::uint32_t random) {
        return steps / 2 + static_cast<std::uint32_t>(std::uint64_t{random} * steps >> 32);
    }

    std::uint32_t mine_;
    std::uint64_t made_ = 0, changed_ = 0;
    bool is_right_ = true;
};

/// Long enough for each thread to have several time slices.
inline std::chrono::milliseconds window(unsigned threads) {
    return std::chrono::milliseconds(bench::is_quick() ? 2 + threads : 2 + 4 * threads);
}

/// Runs all threads for a while. Returns: seconds.
template <class Locks, use How>
double run_all(std::vector<contender>& all, lock_and_data<Locks>& shared, const round& what) {
    std::atomic<bool> is_over{false};
    std::latch all_ready(std::ssize(all)), start(1);
    const unsigned batch =
        all.size() == 1 && what.held + what.outside == 0 ? 64 : 1; // who is asked seldom costs nothing
    const std::vector<int> cpus = bench::usable_cpus();
    std::vector<std::thread> running;
    for (contender& one : all) {
        running.emplace_back([&, number = running.size()] {
            bench::bind_to_cpu_of_turn(cpus, number);
            all_ready.count_down();
            start.wait();
            one.run<Locks, How>(shared, what, batch, is_over);
        });
    }
    all_ready.wait();
    const bench::clock::time_point begin = bench::clock::now();
    start.count_down();
    std::this_thread::sleep_for(window(static_cast<unsigned>(all.size())));
    is_over.store(true, std::memory_order_relaxed);
    const double seconds = bench::seconds_since(begin);
    for (std::thread& thread : running) thread.join();
    return seconds;
}

template <class Locks, use How>
void contend(benchmark::State& state, unsigned threads, const round& what) {
    double slowest = 1;
    for (auto _ : state) {
        lock_and_data<Locks> shared;
        std::vector<contender> all;
        for (unsigned number = 0; number != threads; ++number) all.emplace_back(number);
        const double seconds = run_all<Locks, How>(all, shared, what);
        std::uint64_t made = 0, changed = 0, least = all[0].made();
        bool is_right = true;
        for (const contender& one : all) {
            made += one.made();
            changed += one.changed();
            least = std::min(least, one.made());
            is_right = is_right && one.is_right();
        }
        if (!is_right || !shared.data.is_right(changed)) {
            bench::fail(state);
            break;
        }
        slowest = std::min(slowest, static_cast<double>(least * threads) / static_cast<double>(made));
        state.SetIterationTime(seconds / static_cast<double>(made));
    }
    if (threads > 1) state.counters["slowest_of_mean"] = slowest;
}

/// Registers what is measured of a kind.
template <class Locks, use How = use::change>
bool register_locks(const kind& what, const std::string& runtime, std::span<const unsigned> thread_counts) {
    const auto add = [&](const std::string& name, unsigned threads, const round& each, bool is_quick) {
        const bench::registration variant(
            std::string(what.name) + "_" + name, runtime, threads, 1,
            [each](benchmark::State& state, unsigned count) { contend<Locks, How>(state, count, each); },
            is_quick ? bench::runs::all : bench::runs::unless_quick);
    };
    if (How != use::mixed) add("open", 1, rounds[0], what.quick.size() == rounds.size());
    for (const round& each : what.all) {
        const bool is_quick = std::ranges::any_of(what.quick, [&](const round& its) { return its.name == each.name; });
        for (const unsigned threads : thread_counts)
            add(std::string(each.name), threads, each, is_quick && threads <= 2);
    }
    return true;
}
template <class Locks, use How = use::change>
bool register_locks(const kind& what, const std::string& runtime) {
    return register_locks<Locks, How>(what, runtime, what.threads);
}

} // namespace workload
