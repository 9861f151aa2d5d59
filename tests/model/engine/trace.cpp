// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "trace.hpp"

#include <algorithm>

namespace model {

void trace::reset() {
    length_ = 0;
    notes_.clear();
    histories_.clear();
    processes_ = {};
    choices_ = {};
    last_start_ = -1;
}

trace::history& trace::at(int location) {
    const auto index = static_cast<std::size_t>(location);
    while (histories_.size() <= index) histories_.emplace_back().readers.fill(-1);
    return histories_[index];
}

void trace::require(int event) {
    if (event >= 0) enabling_.push_back(event);
}

void trace::conflict(int event, unsigned thread) {
    if (event >= 0 && (*this)[event].touched.thread != thread) conflicting_.push_back(event);
}

event& trace::append(unsigned process, const footprint& touched, machine& state, bool after_everything) {
    enabling_.clear();
    conflicting_.clear();
    ordered_only_.clear();
    racing_.clear();
    collect_enabling(process, touched, state);
    collect_memory(touched, state);
    collect_watched(touched, state);
    collect_fences(touched, state);
    process_clock base;
    for (const int index : enabling_) base.join((*this)[index].clock);
    if (after_everything)
        for (const process_history& other : processes_)
            if (other.last >= 0) base.join((*this)[other.last].clock);
    keep_immediate(base);
    if (touched.watches) find_watched_races(base, touched, state);
    for (const int index : conflicting_) base.join((*this)[index].clock);
    for (const int index : ordered_only_) base.join((*this)[index].clock);
    events_.resize(static_cast<std::size_t>(length_));
    event& added = events_.emplace_back();
    ++length_;
    added.process = process;
    added.sequence = static_cast<std::uint16_t>(processes_[process].events + 1);
    added.touched = touched;
    added.location = touched.location;
    if (!touched.drains) {
        added.kind = state.thread(touched.thread).pending->kind;
        added.expected = state.thread(touched.thread).pending->expected;
    } else {
        added.kind = op::drain;
    }
    added.clock = base;
    added.clock.at[process] = added.sequence;
    remember(touched, process, state);
    return added;
}

void trace::repeat(machine& state) {
    const event& again = events_[static_cast<std::size_t>(length_++)];
    if (again.location >= 0) {
        history& known = at(again.location);
        if (known.last_write < 0) known.initial = state.location(again.location).value;
    }
    remember(again.touched, again.process, state);
}

// What must have come before: the process's own past, and what unblocked it.
void trace::collect_enabling(unsigned process, const footprint& touched, const machine& state) {
    require(processes_[process].last);
    const thread_state& owner = state.thread(touched.thread);
    if (touched.drains) {
        require(owner.buffer.front().event);
        return;
    }
    if (processes_[process].last < 0) require(owner.started_by);
    if (touched.drained) require(processes_[buffer_of(touched.thread)].last);
    if (owner.pending->kind == op::join_thread) {
        require(processes_[owner.pending->operand].last);
        require(processes_[buffer_of(static_cast<unsigned>(owner.pending->operand))].last);
    }
    if (owner.pending->kind == op::heavy_fence_end)
        for (const int drain : owner.fence_cleared) require(drain);
    if (owner.pending->kind == op::futex_resume && owner.waker >= 0) {
        if (touched.queue)
            conflict(owner.waker, touched.thread); // it could have ended before, by time-out
        else
            require(owner.waker);
    }
}

void trace::collect_memory(const footprint& touched, const machine& state) {
    if (touched.location < 0) return;
    history& known = at(touched.location);
    if (known.last_write < 0) known.initial = state.location(touched.location).value;
    if (touched.reads || touched.writes) conflict(known.last_write, touched.thread);
    if (touched.writes)
        for (const int reader : known.readers) conflict(reader, touched.thread);
    if (touched.queue) conflict(known.last_queue, touched.thread);
}

// A thread in cpu_relax() reads again all that it has observed.
void trace::collect_watched(const footprint& touched, const machine& state) {
    if (!touched.watches) return;
    for (const observation& seen : state.thread(touched.thread).observed) {
        const int write = at(seen.location).last_write;
        if (write < 0 || (*this)[write].touched.thread == touched.thread) continue;
        if (state.newest_store(touched.thread, seen.location) == nullptr) ordered_only_.push_back(write);
    }
}

// But it could have gone on only before a write without which something still looks different; not only the last such
// write counts, because the values may have changed back in between.
void trace::find_watched_races(const process_clock& base, const footprint& touched, const machine& state) {
    const auto& observed = state.thread(touched.thread).observed;
    for (int index = size() - 1; index >= 0; --index) {
        const event& write = (*this)[index];
        if (!write.touched.writes || write.touched.thread == touched.thread) continue;
        if (base.at[write.process] >= write.sequence) continue;
        const bool watched = std::any_of(observed.begin(), observed.end(), [&](const observation& seen) {
            return seen.location == write.location && state.newest_store(touched.thread, seen.location) == nullptr;
        });
        if (watched && would_see_change(index, touched.thread, state)) racing_.push_back(index);
    }
}

bool trace::would_see_change(int without, unsigned thread, const machine& state) const {
    const auto is_different = [&](const observation& seen) {
        if (state.newest_store(thread, seen.location) != nullptr) return false;
        for (int index = size() - 1; index >= 0; --index) {
            const event& write = (*this)[index];
            if (write.location != seen.location || !write.touched.writes) continue;
            if (index != without && !is_ordered(without, write)) return write.done.wrote != seen.value;
            if (write.touched.thread == thread) return false; // the store would still be in the watcher's buffer
        }
        return false;
    };
    const auto& observed = state.thread(thread).observed;
    return std::any_of(observed.begin(), observed.end(), is_different);
}

// A heavy fence is ordered with every store of the other threads and with its way to memory. While the fence waits for
// a buffer to be empty, the last store's way to memory and the next store do not commute either.
void trace::collect_fences(const footprint& touched, const machine& state) {
    const unsigned own = touched.thread;
    for (unsigned other = 0; other < state.thread_count(); ++other) {
        if (other == own) continue;
        if (touched.fences) {
            conflict(processes_[other].last_enqueue, own);
            conflict(processes_[buffer_of(other)].last, own);
        }
        if (touched.enqueues || touched.drains) conflict(processes_[other].last_fence, own);
    }
    if (touched.starts) conflict(last_start_, own);
    if (touched.enqueues && processes_[own].last_clearing >= 0) conflicting_.push_back(processes_[own].last_clearing);
    const auto& buffer = state.thread(own).buffer;
    if (touched.drains && state.fences_waiting_for(own) != 0 && buffer.size() > 1)
        conflicting_.push_back(buffer[1].event);
}

// A conflict is a race if neither what enabled the new event nor another conflict is ordered after it.
void trace::keep_immediate(const process_clock& base) {
    for (const int candidate : conflicting_) {
        const event& earlier = (*this)[candidate];
        if (base.at[earlier.process] >= earlier.sequence) continue;
        const auto shields = [&](int between) {
            return between != candidate && (*this)[between].clock.at[earlier.process] >= earlier.sequence;
        };
        if (std::any_of(conflicting_.begin(), conflicting_.end(), shields)) continue;
        if (std::any_of(ordered_only_.begin(), ordered_only_.end(), shields)) continue;
        if (std::find(racing_.begin(), racing_.end(), candidate) == racing_.end()) racing_.push_back(candidate);
    }
}

void trace::remember(const footprint& touched, unsigned process, machine& state) {
    const int index = size() - 1;
    process_history& own = processes_[process];
    own.last = index;
    ++own.events;
    if (touched.enqueues) own.last_enqueue = index;
    if (touched.starts) last_start_ = index;
    if (touched.fences) own.last_fence = index;
    if (touched.drains && state.fences_waiting_for(touched.thread) != 0 &&
        state.thread(touched.thread).buffer.size() == 1)
        processes_[touched.thread].last_clearing = index;
    if (touched.watches)
        for (const observation& seen : state.thread(touched.thread).observed) {
            buffered_store* const stored = state.newest_store(touched.thread, seen.location);
            (stored != nullptr ? stored->reader : at(seen.location).readers[touched.thread]) = index;
        }
    if (touched.location < 0) return;
    history& known = at(touched.location);
    if (touched.reads) known.readers[touched.thread] = index;
    if (touched.writes) {
        known.last_write = index;
        known.readers.fill(-1);
        if (touched.drains) known.readers[touched.thread] = state.thread(touched.thread).buffer.front().reader;
    }
    if (touched.queue) known.last_queue = index;
}

std::uint64_t trace::fingerprint() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t choices : choices_) sum = sum * 0x100000001b3 + choices;
    for (int index = 0; index < size(); ++index) {
        const event& each = (*this)[index];
        std::uint64_t hash = 0xcbf29ce484222325;
        const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3 ^ hash >> 29; };
        mix(each.process);
        mix(each.sequence);
        mix(static_cast<std::uint64_t>(each.kind));
        mix(each.done.read);
        for (const std::uint16_t count : each.clock.at) mix(count);
        sum += hash;
    }
    return sum;
}

// The newest event as it would be without `earlier` and all that is ordered after it: another value decides whether a
// compare_exchange writes.
footprint trace::repeated(int earlier) const {
    const event& newest = (*this)[size() - 1];
    footprint step = newest.touched;
    if (newest.kind != op::compare_exchange) return step;
    std::uint64_t value = histories_[static_cast<std::size_t>(newest.location)].initial;
    for (int index = 0; index + 1 < size(); ++index) {
        const event& each = (*this)[index];
        if (each.location != newest.location || !each.touched.writes) continue;
        if (index < earlier || (index > earlier && !is_ordered(earlier, each))) value = each.done.wrote;
    }
    step.writes = value == newest.expected;
    return step;
}

process_mask trace::initials(int earlier) const {
    std::array<int, max_processes> first;
    first.fill(-1);
    process_mask result = 0;
    const event& newest = (*this)[size() - 1];
    const footprint step = repeated(earlier);
    bool blocked = false; // some event before the newest conflicts with it
    for (int index = earlier + 1; index + 1 < size(); ++index) {
        const event& candidate = (*this)[index];
        if (is_ordered(earlier, candidate)) continue;
        const footprint& other = candidate.touched;
        if (other.location == step.location && other.thread != step.thread)
            blocked = blocked || (step.writes && (other.reads || other.writes)) || (step.queue && other.queue);
        if (first[candidate.process] >= 0) continue;
        const auto precedes = [&](int before) { return before >= 0 && is_ordered(before, candidate); };
        const bool follows = std::any_of(first.begin(), first.end(), precedes);
        first[candidate.process] = index;
        if (!follows) result |= bit(candidate.process);
    }
    const auto precedes = [&](int before) { return before >= 0 && is_ordered(before, newest); };
    blocked = blocked || std::any_of(first.begin(), first.end(), precedes);
    return blocked ? result : result | bit(newest.process);
}

} // namespace model
