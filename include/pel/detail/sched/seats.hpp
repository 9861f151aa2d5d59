// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Seats: the permission to look for work that is not one's own. A pool has P of them; all its counts are one word, every
// change of it is a seq_cst RMW, and decisions use the value that the RMW returned. README.md has rules S1–S6.
//   any thread; each transition says who may make it.
//   S1: every RMW here and every load() -> every other (one total order). The other half of the handshake is the
//       seq_cst access that makes work visible (split_deque::expose, injector) or scans for it (has_public, injector::size).
// I1  free = P - (threads that hold a seat); negative: debt, held by woken waiters and extra foreign callers.
// I2  searching, idle, waiters count threads in that state; a sleeper is taken off by whoever wakes it, not by itself.
#pragma once

#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A value of the seats word, field by field.
class seats_view {
public:
    constexpr explicit seats_view(std::uint64_t word) noexcept : word_(word) {}

    int free() const noexcept { return static_cast<int>(static_cast<std::int64_t>(word_) >> free_shift); }
    unsigned idle() const noexcept { return field(idle_shift, 12); }           // parked, without a job
    unsigned searching() const noexcept { return field(searching_shift, 12); } // awake, with a seat, without a job
    unsigned foreign() const noexcept { return field(foreign_shift, 11); }     // seats held by threads not the pool's
    unsigned waiters() const noexcept { return field(waiters_shift, 13); }     // parked in a wait
    bool has_guardian() const noexcept { return field(guardian_shift, 1) != 0; }
    std::uint64_t word() const noexcept { return word_; }

    static constexpr int idle_shift = 0, searching_shift = 12, foreign_shift = 24, waiters_shift = 35,
                         guardian_shift = 48, free_shift = 50;

private:
    unsigned field(int shift, int bits) const noexcept {
        return static_cast<unsigned>(word_ >> shift & ((std::uint64_t{1} << bits) - 1));
    }
    std::uint64_t word_;
};

class seats {
public:
    static constexpr unsigned most_seats = 2047, most_threads = 4095, most_foreign = 2047;

    constexpr explicit seats(unsigned count) noexcept
        : word_(std::uint64_t{count} << seats_view::free_shift), count_(count) {}

    unsigned count() const noexcept { return count_; }
    seats_view load() const noexcept {
        return seats_view(word_.load(seq_cst)); // sync(S1) seq_cst: after work was made visible
    }

    /// Whether a thread is inside a call or job: only such a thread can have private work.
    bool somebody_works(seats_view view) const noexcept {
        return static_cast<int>(count_) - view.free() > static_cast<int>(view.searching());
    }
    /// The same of others than the calling thread, which holds a seat and does not search.
    bool others_work(seats_view view) const noexcept {
        return static_cast<int>(count_) - view.free() > static_cast<int>(view.searching()) + 1;
    }
    /// S3: every seat is held by foreign threads, so the injector has no server.
    bool only_foreign(seats_view view) const noexcept {
        return static_cast<int>(count_) - view.free() <= static_cast<int>(view.foreign());
    }

    /// The same of all but the calling thread, which is none.
    bool others_are_foreign(seats_view view) const noexcept {
        return static_cast<int>(count_) - view.free() - 1 <= static_cast<int>(view.foreign());
    }

    // Each returns the word as it is after the change.

    /// A foreign thread begins or ends a call, or its wait. S1: it never waits for a seat.
    seats_view enter_foreign() noexcept { return add(one_foreign - one_free); }
    seats_view leave_foreign() noexcept { return add(one_free - one_foreign); }
    /// A pool's thread gives its seat up for a while (blocking, a call into another pool), and is back.
    seats_view leave() noexcept { return add(one_free); }
    seats_view enter() noexcept { return add(std::uint64_t{0} - one_free); }
    /// A searcher found a job, or a thread with a seat has run out of work.
    seats_view found() noexcept { return add(std::uint64_t{0} - one_searching); }
    seats_view search() noexcept { return add(one_searching); }
    /// A waiter goes to sleep: its seat is free, it is registered. Its own way back is try_leave_waiting().
    seats_view park_waiter(bool foreign) noexcept { return add(one_free + one_waiter - (foreign ? one_foreign : 0)); }
    /// A woken foreign waiter counts among the foreign holders again; its seat was counted by who woke it.
    seats_view foreign_is_back() noexcept { return add(one_foreign); }
    /// The guardian is awake.
    seats_view dismiss_guardian() noexcept { return add(std::uint64_t{0} - one_guardian); }

    /// A searcher goes to sleep. `guardian` is set to whether it watches over the threads at work: the last searcher
    /// does, if there are any and it is `wanted`.
    seats_view park_searcher(bool& guardian, bool wanted = true) noexcept {
        return change([&](seats_view view, std::uint64_t& next) {
                   guardian = wanted && view.searching() == 1 && !view.has_guardian() && somebody_works(view);
                   next += one_free + one_idle - one_searching + (guardian ? one_guardian : 0);
                   return true;
               })
            .first;
    }
    /// A thread without a job and with a seat that the pool owes (S1): gives it back and sleeps. A CAS of a negative
    /// value, never an add. Returns whether it was owed.
    bool try_repay() noexcept {
        return change([](seats_view view, std::uint64_t& next) {
                   next += one_free + one_idle;
                   return view.free() < 0;
               })
            .second;
    }

    /// Whether a waker may take somebody off the registry: a seat is free, or S3 allows a debt.
    bool may_wake(seats_view view, bool in_debt) const noexcept {
        return view.free() > 0 || (in_debt && only_foreign(view));
    }
    /// Waker: takes one idle thread off, which then owns a seat and searches.
    bool try_take_idle(bool in_debt) noexcept {
        return change([&](seats_view view, std::uint64_t& next) {
                   next += one_searching - one_idle - one_free;
                   return view.idle() > 0 && may_wake(view, in_debt);
               })
            .second;
    }
    /// Waker: a seat for a thread that is about to be started, which then searches.
    bool try_take_seat(bool in_debt) noexcept {
        return change([&](seats_view view, std::uint64_t& next) {
                   next += one_searching - one_free;
                   return may_wake(view, in_debt);
               })
            .second;
    }
    /// The thread could not be started.
    seats_view return_seat() noexcept { return add(one_free - one_searching); }
    /// Waker (S4): takes one waiter off, which then owns a seat. Only when nobody else could ever do the work: every
    /// thread in a call sleeps, or only foreign threads are awake and work is stranded. A waiter that runs what is
    /// outside its wait may meet a lock of its own, so a thread that is at work is waited for instead.
    bool try_take_waiter(bool is_stranded) noexcept {
        return change([&](seats_view view, std::uint64_t& next) {
                   next -= one_waiter + one_free;
                   return view.idle() == 0 && view.waiters() > 0 && only_foreign(view) &&
                          (is_stranded || view.foreign() == 0);
               })
            .second;
    }
    /// A waiter takes one waiter — itself, or one for it — off, whether a seat is free or not (S1: debt).
    /// False: wakers have reserved them all, so a permit for it is on its way.
    bool try_leave_waiting(seats_view& after) noexcept {
        const auto [view, done] = change([](seats_view seen, std::uint64_t& next) {
            next -= one_waiter + one_free;
            return seen.waiters() > 0;
        });
        after = view;
        return done;
    }

private:
    static constexpr std::uint64_t one_idle = std::uint64_t{1} << seats_view::idle_shift,
                                   one_searching = std::uint64_t{1} << seats_view::searching_shift,
                                   one_foreign = std::uint64_t{1} << seats_view::foreign_shift,
                                   one_waiter = std::uint64_t{1} << seats_view::waiters_shift,
                                   one_guardian = std::uint64_t{1} << seats_view::guardian_shift,
                                   one_free = std::uint64_t{1} << seats_view::free_shift;

    struct outcome {
        seats_view first; // after the change, or what was seen instead
        bool second;
    };

    seats_view add(std::uint64_t difference) noexcept {
        return seats_view(word_.fetch_add(difference, seq_cst) + difference); // sync(S1) seq_cst: every transition
    }

    /// CAS loop: step(view, next) edits `next`, which starts as view's word, and says whether to go on.
    template <class Step>
    outcome change(Step&& step) noexcept {
        std::uint64_t word = word_.load(seq_cst); // sync(S1) seq_cst: a refusal is a decision too
        for (;;) {
            std::uint64_t next = word;
            if (!step(seats_view(word), next)) return {seats_view(word), false};
            // sync(S1) seq_cst: transition
            if (word_.compare_exchange(word, next, seq_cst)) return {seats_view(next), true};
        }
    }

    alignas(cache_line) atomic<std::uint64_t> word_;
    const unsigned count_;
};

} // namespace detail
PEL_NAMESPACE_END
