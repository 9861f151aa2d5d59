// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The steps of one execution and the order among those that do not commute. Two executions with the same steps and the
// same order are equivalent. For store buffers the order is that of chronological traces (Abdulla et al., TACAS 2015):
// a thread's load that takes its value from its own store is not ordered with that store's way to memory.
#pragma once

#include "clock.hpp"
#include "machine.hpp"

#include <string>
#include <vector>

namespace model {

struct event {
    unsigned process = 0;
    op kind = op::load;
    std::memory_order order = std::memory_order_relaxed;
    std::uint16_t sequence = 0; // 1 … in its process
    int location = -1;
    footprint touched;
    step_record done;
    std::uint64_t expected = 0;
    bool timed_out = false;
    process_clock clock; // for each process, its last event that this one is ordered after, or is
    std::source_location where;
};

struct trace_note {
    int after; // events before it
    std::string text;
};

class trace {
public:
    void reset();

    /// Adds the step that `process` is about to take. Afterwards races() has the earlier events that it conflicts with,
    /// that could have come after it, and between which and it nothing stands.
    /// Adds the step that the last execution took here.
    void repeat(machine& state);
    event& append(unsigned process, const footprint& touched, machine& state, bool after_everything);
    /// After append() of a step that can never be taken, to know its races.
    void remove_newest() { --length_; }
    void add_note(std::string text) { notes_.push_back({size(), std::move(text)}); }
    const std::vector<trace_note>& notes() const { return notes_; }
    const std::vector<int>& races() const { return racing_; }

    int size() const { return length_; }
    event& operator[](int index) { return events_[static_cast<std::size_t>(index)]; }
    const event& operator[](int index) const { return events_[static_cast<std::size_t>(index)]; }
    bool is_ordered(int earlier, const event& later) const {
        const event& first = (*this)[earlier];
        return later.clock.at[first.process] >= first.sequence;
    }

    /// The thread has taken one of several ways that differ in nothing else.
    void add_choice(unsigned thread, unsigned value) {
        if (thread < max_threads) choices_[thread] = choices_[thread] * 31 + value + 1;
    }
    /// The same for equivalent executions, and hardly ever for others.
    std::uint64_t fingerprint() const;

    /// Which processes can begin a continuation of everything before `earlier` in which the newest event comes before
    /// it: the initials of (events after `earlier` that are not ordered after it, newest event).
    process_mask initials(int earlier) const;

private:
    struct history { // of one location
        std::uint64_t initial = 0;
        int last_write = -1;
        int last_queue = -1;
        std::array<int, max_threads> readers; // since the last write, each thread's last
    };
    int last_start_ = -1;
    struct process_history {
        int last = -1, last_enqueue = -1, last_fence = -1, last_clearing = -1;
        std::uint16_t events = 0;
    };

    history& at(int location);
    void require(int event);                   // `event` made the new one possible
    void conflict(int event, unsigned thread); // `event` does not commute with the new one
    void collect_enabling(unsigned process, const footprint& touched, const machine& state);
    void collect_memory(const footprint& touched, const machine& state);
    void collect_watched(const footprint& touched, const machine& state);
    void collect_fences(const footprint& touched, const machine& state);
    void find_watched_races(const process_clock& base, const footprint& touched, const machine& state);
    bool would_see_change(int without, unsigned thread, const machine& state) const;
    void keep_immediate(const process_clock& base);
    void remember(const footprint& touched, unsigned process, machine& state);
    footprint repeated(int earlier) const;

    std::vector<event> events_; // of this execution, and then what is left of the last one
    int length_ = 0;
    std::vector<trace_note> notes_;
    std::vector<history> histories_;
    std::array<process_history, max_processes> processes_;
    std::array<std::uint64_t, max_threads> choices_{};
    std::vector<int> enabling_, conflicting_, racing_, ordered_only_;
};

} // namespace model
