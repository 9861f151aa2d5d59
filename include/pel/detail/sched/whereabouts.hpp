// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a scheduler's threads are: reading the machine when that is worth it, taking a seat, and how far apart two
// threads are. Nothing here decides whether a thread works or sleeps, only which one does.
#pragma once

#include <pel/detail/platform/current_cpu.hpp>
#include <pel/detail/sched/scheduler.hpp>
#include <pel/detail/sched/seat_plan.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Once each: by the first thread, before it works, if its work may touch memory that ought to be near, and not by who
/// has it started, who is not to wait for that; and when a thread has nothing else to do. Returns: whether it is for the
/// caller to make the plan now; who comes meanwhile does without.
PEL_INLINE bool scheduler::try_begin_plan(bool before_work) noexcept {
    const unsigned turn = before_work ? 1 : 2;
    if (config_.wants_plan == nullptr || (plans_tried_.load(relaxed) & turn) != 0) return false; // stale: asked below
    if ((plans_tried_.fetch_or(turn, relaxed) & turn) != 0 || seating_.plan() != nullptr) return false;
    return config_.wants_plan(config_.context, before_work);
}
PEL_INLINE void scheduler::make_plan() noexcept {
    const seat_plan* const made = config_.make_plan(config_.context);
    if (made == nullptr) return;
    for (unsigned at = 0; at < made->injectors(); ++at) injectors_.set_order(at, made->injector_order(at));
    injectors_.open(made->injectors()); // before anybody can learn of them
    seating_.publish(made);
}

PEL_INLINE void scheduler::note_seat(worker& own, const seat_plan& plan, unsigned seat) noexcept {
    own.seat.store(seat, relaxed); // a hint
    own.near_injector = plan.injector_of(seat);
}

/// A thread comes to work or to search. Returns: the plan, null if there is none; with it, others find the thread where
/// it is: at its seat for good, or near the seat where the kernel has it run for now.
inline const seat_plan* scheduler::come_to(worker& own) noexcept {
    const seat_plan* const plan = seating_.plan();
    if (plan == nullptr || own.stands == standing::settled) return plan;
    if (own.stands == standing::unknown) {
        const bool has_seat = !own.is_foreign && seating_.is_seat(own.slot);
        own.stands = has_seat && config_.settle(config_.context, *plan, own.slot) ? standing::settled : standing::roams;
    }
    if (own.stands == standing::settled) {
        note_seat(own, *plan, own.slot);
        seating_.here().settle(own.slot, own.index);
    } else {
        const unsigned seat = plan->seat_near(current_cpu());
        note_seat(own, *plan, seat);
        seating_.here().visit(seat, own.index);
    }
    return plan;
}

PEL_INLINE void scheduler::come_by(worker& own) noexcept {
    const seat_plan* const plan = seating_.plan();
    if (plan == nullptr || !own.is_member() || own.stands == standing::settled) return;
    note_seat(own, *plan, plan->seat_near(current_cpu()));
}

/// Returns: how far apart they were when they were last seen; see pool_stats. A record whose thread could not be started
/// may be another pool's by now, and its seat none of this plan.
PEL_INLINE unsigned scheduler::tier(const worker& one, const worker& other) const noexcept {
    const seat_plan* const plan = seating_.plan();
    if (plan == nullptr) return 0;
    const unsigned from = one.seat.load(relaxed), to = other.seat.load(relaxed); // hints
    const unsigned seats = seats_.count();
    return from < seats && to < seats ? plan->order().tier(from, to) : 0;
}

/// Returns: how often what there is at a victim may be halved, so far as it shows: jobs from the oldest on get smaller by
/// half, and a loop says what it runs. A hint.
PEL_INLINE unsigned scheduler::doublings_of(const worker& victim) noexcept {
    return victim.deque.jobs() + victim.loop_bits.load(relaxed);
}

PEL_INLINE void scheduler::count_steal(worker& own, const worker& victim) noexcept {
    own.counts.stolen.add();
    own.counts.stolen_by_tier[tier(own, victim)].add();
}

/// Who runs it where the pool is at its end may be another pool's worker.
PEL_INLINE void scheduler::count_injected(worker& runner, unsigned from) noexcept {
    const seat_plan* const plan = seating_.plan();
    const unsigned to = runner.seat.load(relaxed), seats = seats_.count(); // hints
    const bool is_known = plan != nullptr && from < seats && to < seats;
    runner.counts.injected_by_tier[is_known ? plan->order().node_tier(from, to) : 0].add();
}

} // namespace detail
PEL_NAMESPACE_END
