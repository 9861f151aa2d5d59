// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waiting: for a stolen job, for a group, for a future. A wait runs only what is inside what it waits for; it helps, then
// spins, then sleeps, and a sleeping waiter holds no seat. Progress never depends on leapfrogging, which may fail.
#pragma once

#include <pel/detail/sched/segment.hpp>
#include <pel/detail/sched/wait_until.hpp>
#include <pel/detail/sched/wake.hpp>

#include <cstdio>
#include <stdexcept>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A stolen job is cancelled by the forks below it on its forker's stack, down to where the job begins that forked it.
/// That is what the forker serves, or lies below it: then the place is not known, and only `home` can cancel it.
PEL_INLINE scope scope_of_stolen(const job_slot& slot) noexcept {
    if (slot.forker != nullptr) {
        const serving_record::entry seen = slot.forker->serving.read();
        if (seen.is_valid() && seen.base <= slot.position && slot.forker->serving.is_unchanged(seen))
            return scope(slot.frame->home, &slot.forker->floor, seen.base, slot.position + 1);
    }
    return scope(slot.frame->home, nullptr, 0, 0);
}

/// Runs a claimed job: publishes what is served, makes the job's scope the innermost, computes as its forker does (what
/// comes from no deque says so itself), and puts everything back.
PEL_INLINE void scheduler::run(worker& own, const job_slot& slot) noexcept {
    const adopted_fp_environment adopted(own, slot.forker != nullptr ? slot.forker->fp_environment.of(slot.position)
                                                                     : own.fp_environment.current());
    const serving_record::entry before = own.serving.get();
    scope* const innermost = own.innermost;
    const std::uint64_t serial = own.scope_serial;
    segment* const served = own.served;
    slot.frame->thief.store(own.id, relaxed); // a hint for leapfrogging
    own.serving.set(slot.frame, slot.frame->home, own.deque.bottom());
    const std::uint32_t level_base = std::exchange(own.level_base, own.deque.bottom());
    scope stolen = scope_of_stolen(slot);
    own.open_scope(&stolen);
    own.served = nullptr;
    segment* const kept = own.open_segments;
    slot.function(slot, own, job_action::run); // the frame may be gone when this returns
    if (own.open_segments != kept) spill_segments(own, kept);
    own.serving.set(before.task, before.inside, before.base);
    own.innermost = innermost;
    own.scope_serial = serial;
    own.served = served;
    own.level_base = level_base;
}

PEL_COLD PEL_INLINE void throw_lost_in_fork() {
    throw_error<std::runtime_error>("pel: this work was taken by a thread of the parent process, before fork()");
}

PEL_NOINLINE PEL_INLINE bool scheduler::join_slow(worker& own, std::uint32_t position, job& forked,
                                                  injector_entry& entry) {
    const split_deque::taken taken = own.deque.take_public(position);
    if (taken != split_deque::taken::stolen) {
        if (taken == split_deque::taken::exposed) own.counts.taken_back.add();
        return true;
    }
    const bool claimed = wait_for_job(own, forked, entry);
    own.deque.close_stolen(position);
    return claimed;
}

PEL_INLINE bool scheduler::wait_for_job(worker& own, job& awaited, injector_entry& entry) {
    if (!is_from_this_process() && !awaited.state.is_done()) throw_lost_in_fork();
    for (;;) {
        wait_until(
            own, [&] { return awaited.state.is_settled(); }, [&] { return leapfrog(own, awaited); },
            [&] { return awaited.state.is_parked() || awaited.state.try_mark_parked(job_state::unfinished); });
        if (awaited.state.is_done()) return false;
        if (injectors_.try_remove(entry)) return true;
        awaited.state.try_mark_parked(job_state::returned); // claimed by a server: it will be done
    }
}

/// Makes everything private public: its owner will not take it back for a while. Returns: whether something is public.
PEL_INLINE bool scheduler::go_away(worker& own) noexcept {
    own.is_away.store(true, relaxed); // published by the RMW that frees the seat (S1)
    own.counts.exposed.add(own.deque.expose(~0u));
    return own.deque.has_public();
}

/// The order is: everything private public, the seat free and this record registered, look(), then sleep. Returns:
/// whether the thread had left its seat.
PEL_INLINE bool scheduler::begin_waiting(worker& own) noexcept {
    const bool had_left = own.has_left;
    if (had_left) return_to_seat(own);
    settle_segments(own);
    const bool is_stranding = go_away(own);
    waiting_.add(own.index);
    seat_was_freed(own, seats_.park_waiter(own.is_foreign), is_stranding);
    own.counts.parks.add();
    return had_left;
}

/// Returns: whether it was woken for work.
PEL_INLINE bool scheduler::end_waiting(worker& own) noexcept {
    own.is_away.store(false, relaxed); // late: somebody is woken for what its owner takes back
    const bool woken_for_work = leave_waiting(own);
    if (own.is_foreign && seats_.only_foreign(seats_.foreign_is_back())) look(own); // S3 may hold from here on
    if (seats_.load().free() < 0) own.counts.debts.add();
    prepare_poll(own);
    return woken_for_work;
}

/// Takes a seat, and one waiter off the registry: this one, or another in its stead. Returns: whether a waker took this
/// one off, and gave it the seat, to have it run work (S4).
PEL_INLINE bool scheduler::leave_waiting(worker& own) noexcept {
    if (!waiting_.has(own.index)) return true;
    seats_view after(0);
    if (seats_.try_leave_waiting(after)) {
        withdraw_waiter(own);
        return false;
    }
    while (waiting_.has(own.index)) own.sleep.park(); // every waiter is reserved by a waker: so is this one
    return true;
}

/// S4: nobody else can do what is in sight, and contract promise 2 goes before promise 3.
PEL_INLINE void scheduler::run_anything(worker& own) noexcept {
    job_slot slot = injectors_.try_pop(own.near_injector);
    if (!slot) slot = steal_any(own);
    if (!slot) {
        slot = own.deque.try_steal(); // what lies below this wait on the same stack: as good as a thief's
        slot.forker = &own;
        if (slot) count_steal(own, own);
    }
    if (!slot) return;
    own.counts.unsafe_waits.add();
    if (!unsafe_wait_reported_.exchange(true, relaxed)) {
        std::fputs("pel: all threads of a pool wait (max_threads reached); a waiting thread now runs other work, which "
                   "may need what it holds\n",
                   stderr);
    }
    run(own, slot);
}

/// Whether a waiter takes from its thief, or asks it: from far only what is large (README.md, "Victims").
PEL_INLINE bool scheduler::is_worth_the_way(const worker& own, const worker& victim) const noexcept {
    const seat_plan* const plan = seating_.plan();
    if (plan == nullptr) return true;
    return victim_walk::is_worth_taking_back(plan->order(), doublings_of(victim), tier(own, victim));
}

/// Claims the oldest job above the base of what `victim` serves. If what it serves has changed since it was read, the
/// job may lie outside, and goes where anybody may claim it.
PEL_INLINE job_slot scheduler::leapfrog_from(worker& own, worker& victim, const serving_record::entry& seen) noexcept {
    if (!is_worth_the_way(own, victim)) return {};
    job_slot slot = victim.deque.try_steal(seen.base);
    if (!slot) {
        if (!victim.deque.is_asked()) victim.deque.request(); // if nothing is private, it may be cut from a loop
        return {};
    }
    slot.forker = &victim;
    count_steal(own, victim);
    own.counts.leapfrogs.add();
    if (victim.serving.is_unchanged(seen)) return slot;
    own.counts.give_backs.add();
    slot.function(slot, own, job_action::give_back);
    look(own);
    return {};
}

PEL_INLINE bool scheduler::leapfrog(worker& own, const job& awaited) noexcept {
    const std::uint32_t id = awaited.thief.load(relaxed); // 0, or a record, which is never freed
    if (id == 0 || stack_left(own.stack_end) < nested_stack) return false;
    worker& thief = record_table::record_of(id);
    const serving_record::entry seen = thief.serving.read();
    if (&thief == &own || !seen.is_valid() || seen.task != &awaited) return false;
    const job_slot slot = leapfrog_from(own, thief, seen);
    if (slot) run(own, slot);
    return static_cast<bool>(slot);
}

PEL_INLINE bool scheduler::leapfrog_scope(worker& own, const scope& inside) noexcept {
    if (stack_left(own.stack_end) < nested_stack) return false;
    constexpr std::uint32_t most = 64; // who waits looks again, elsewhere
    const std::uint32_t count = record_count();
    std::uint32_t next = count > most ? own.random() % count : 0;
    for (std::uint32_t left = count < most ? count : most; left != 0; --left) {
        worker& victim = record(next);
        if (++next == count) next = 0;
        if (&victim == &own) continue;
        const serving_record::entry seen = victim.serving.read();
        if (!seen.is_valid() || seen.task == nullptr || seen.inside != &inside) continue;
        if (const job_slot slot = leapfrog_from(own, victim, seen)) {
            run(own, slot);
            return true;
        }
    }
    return false;
}

/// A fork made meanwhile takes the slow path.
PEL_INLINE void scheduler::leave_seat(worker& own) noexcept {
    settle_segments(own);
    const bool is_stranding = go_away(own);
    own.deque.keep_request();
    own.has_left = true;
    seat_was_freed(own, own.is_foreign ? seats_.leave_foreign() : seats_.leave(), is_stranding);
}

PEL_INLINE void scheduler::return_to_seat(worker& own) noexcept {
    own.has_left = false;
    own.is_away.store(false, relaxed); // as in sleep_as_waiter()
    const seats_view view = own.is_foreign ? seats_.enter_foreign() : seats_.enter();
    if (view.free() < 0) own.counts.debts.add();
    come_to(own);
    prepare_poll(own);
}

/// A brief call takes its seat: from here on it is a call as any other. Nothing lies in its deque but what it is about to
/// share.
PEL_INLINE void scheduler::end_brief_call(worker& own) noexcept {
    return_to_seat(own);
    own.fp_environment.set(read_fp_environment());
}

PEL_INLINE void scheduler::begin_blocking(worker& own) noexcept {
    if (own.has_left) end_brief_call(own);
    leave_seat(own);
    own.is_blocking = true;
}

PEL_INLINE void scheduler::end_blocking(worker& own) noexcept {
    own.is_blocking = false;
    return_to_seat(own);
}

} // namespace detail
PEL_NAMESPACE_END
