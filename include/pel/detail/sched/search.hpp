// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pool thread's life: search, run, search, sleep. The last searcher that finds work wakes one more, so somebody looks
// as long as there is something to find; the last that finds none sleeps as guardian if others are at work.
#pragma once

#include <pel/detail/sched/wake.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::int64_t first_beat_ns = 1'000'000, longest_beat_ns = 16'000'000;
inline constexpr std::int64_t least_patience_ns = 50'000; // an unanswered request, before a deep steal

/// Requires: `own` has a seat and counts as searching. Returns when the pool stops.
PEL_INLINE void scheduler::work(worker& own) noexcept {
    std::int64_t window = config_.spin_ns;
    while (!is_stopping() && is_from_this_process()) {
        if (const job_slot slot = find(own, window)) {
            own.beat = first_beat_ns;
            run_found(own, slot);
            window = config_.spin_ns;
        } else if (!read_machine(own)) {
            window = sleep_idle(own) ? 0 : config_.spin_ns; // a beat of the guardian does not spin
        }
    }
}

/// Before a thread sleeps for the first time it reads the machine, if nobody has. That takes some ms, in which it looks
/// for nothing: it counts as one that has found a job. Returns: whether it did, and so has to search once more.
PEL_INLINE bool scheduler::read_machine(worker& own) noexcept {
    if (!try_begin_plan(false)) return false;
    if (must_be_replaced(seats_.found())) wake_one(own);
    make_plan();
    seats_.search();
    return true;
}

/// Looks until something is found or the window is over, and then everywhere. Where nothing tells victims apart that is
/// all of them each time, and all are asked at once. Else it is those on the way, near before far, who are asked as they
/// are looked at, because to ask everybody costs more than the work that is found by it (tests/simulator). Window 0 is
/// the guardian's beat: a request that stands by then has stood since its last one.
PEL_INLINE job_slot scheduler::find(worker& own, std::int64_t window_ns) noexcept {
    if (window_ns == 0 && has_heavy_fence_) {
        if (const job_slot slot = deep_steal_any(own)) return slot;
    }
    job_slot slot;
    if (const seat_plan* const plan = come_to(own)) {
        slot = look_at_waker(own);
        if (slot) return slot;
        victim_walk walk(plan->order(), own.seat.load(relaxed), own.random()); // its own hint
        slot = look_until(own, window_ns, [&](bool may_ask) noexcept { return look_around(own, walk, may_ask); });
    } else {
        ask_everybody(own);
        slot = look_until(own, window_ns, [&](bool may_ask) noexcept {
            const job_slot found = find_once(own);
            if (!found && may_ask) ask_again(own);
            return found;
        });
    }
    if (slot) return slot;
    ask_everybody(own); // requests stand while this thread sleeps
    slot = steal_nearest(own);
    return slot ? slot : find_once(own);
}

/// The first job near before far, if there is a plan; hints, so whoever must not miss one looks at all by number.
PEL_INLINE job_slot scheduler::steal_nearest(worker& own) noexcept {
    const seat_plan* const plan = seating_.plan();
    if (plan == nullptr) return {};
    const victim_order::runs runs = plan->order().runs_of(own.seat.load(relaxed)); // its own hint
    const std::uint32_t records = record_count();
    job_slot slot;
    const auto try_steal = [&](std::uint32_t index) noexcept {
        if (!slot && &record(index) != &own) slot = steal_from(own, record(index));
    };
    for (unsigned run = 0; run < runs.size() && !slot; ++run) {
        for (unsigned seat = runs[run].first; seat < unsigned{runs[run].first} + runs[run].count && !slot; ++seat)
            seating_.here().for_each_at(seat, records, try_steal);
    }
    return slot;
}

/// Calls look(whether it may ask) until it finds something, or the window is over.
template <class Look>
job_slot scheduler::look_until(worker& own, std::int64_t window_ns, Look&& look) noexcept {
    const std::int64_t start = now_ns();
    constexpr unsigned pauses_between_requests = 32; // each costs the owner of small jobs as much as many of them
    unsigned rested = 0;
    for (;;) {
        const bool may_ask = rested >= pauses_between_requests;
        if (may_ask) rested = 0;
        if (const job_slot slot = look(may_ask)) return slot;
        const std::int64_t elapsed = now_ns() - start;
        if (elapsed >= window_ns || is_stopping()) return {};
        const std::int64_t patience = 2 * fence_cost_.load(relaxed);
        if (has_heavy_fence_ && elapsed >= (patience > least_patience_ns ? patience : least_patience_ns)) {
            if (const job_slot slot = deep_steal_any(own)) return slot;
        }
        const unsigned pauses = pauses_between_looks();
        rested += pauses;
        for (unsigned pause = 0; pause < pauses; ++pause) cpu_relax();
    }
}

/// One pass of a walk: of those that are seen at the seats on the way the one with the job that is worth most; on a pass
/// that goes all the way also a few that no seat may show. The injectors come as in find_once(), but on the way only the
/// own node's.
PEL_INLINE job_slot scheduler::look_around(worker& own, victim_walk& walk, bool may_ask) noexcept {
    if (seats_.load().free() < 0 || (own.random() & 15) == 0) {
        if (const job_slot slot = injectors_.try_pop(own.near_injector)) return slot;
    }
    const std::uint32_t records = record_count();
    const bool asks_all =
        walk.passes() < victim_walk::passes_per_wide_one; // later those with private jobs, at intervals
    worker* best = nullptr;
    unsigned best_worth = 0;
    const auto look = [&](std::uint32_t index, unsigned tier) noexcept {
        worker& one = record(index);
        if (&one == &own) return;
        if (one.deque.has_public()) {
            const unsigned worth = walk.worth(doublings_of(one), tier);
            if (worth > best_worth) best = &one;
            if (worth > best_worth) best_worth = worth;
        } else if (!one.deque.is_asked() && (asks_all || (may_ask && one.deque.has_private()))) {
            one.deque.request();
        }
    };
    const unsigned here = own.seat.load(relaxed); // its own hint
    seating_.here().for_each_at(here, records, [&](std::uint32_t index) noexcept { look(index, 0); });
    walk.begin_pass(own.random(), seats_.load().searching());
    for (unsigned seat = walk.next(); seat != victim_walk::none; seat = walk.next())
        seating_.here().for_each_at(seat, records, [&](std::uint32_t index) noexcept { look(index, walk.tier()); });
    // Whom no seat shows, because two were last seen at one: any is looked at in a bounded number of passes.
    constexpr unsigned strays = 4;
    for (unsigned turn = 0; walk.was_wide() && turn < strays; ++turn) {
        const std::uint32_t index = own.next_stray++ % records;
        look(index, tier(own, record(index)));
    }
    const job_slot slot = best != nullptr ? steal_from(own, *best) : job_slot{};
    if (slot) return slot;
    return walk.was_wide() ? injectors_.try_pop(own.near_injector) : injectors_.try_pop_at(own.near_injector);
}

/// Who has woken this thread had work in sight.
PEL_INLINE job_slot scheduler::look_at_waker(worker& own) noexcept {
    const std::uint32_t number = own.woken_by.load(relaxed); // a hint
    if (number == 0) return {};
    own.woken_by.store(0, relaxed); // one that comes meanwhile is lost
    if (number > record_count() || &record(number - 1) == &own) return {};
    worker& waker = record(number - 1);
    const job_slot slot = steal_from(own, waker);
    if (!slot && !waker.deque.is_asked()) waker.deque.request();
    return slot;
}

/// Every searcher reads the same deques: the more there are, the longer each waits between two looks. One alone looks
/// often: in a loop of 10 µs half a microsecond counts.
PEL_INLINE unsigned scheduler::pauses_between_looks() const noexcept {
    constexpr unsigned pauses_each = 8, most_pauses = 64;
    const unsigned searchers = seats_.load().searching();
    return searchers < most_pauses / pauses_each ? searchers * pauses_each : most_pauses;
}

/// Those who have served a request since, and have private work again.
PEL_INLINE void scheduler::ask_again(const worker& own) noexcept {
    for (std::uint32_t each = 0, count = record_count(); each < count; ++each) {
        split_deque& deque = record(each).deque;
        if (&record(each) != &own && deque.has_private() && !deque.is_asked()) deque.request();
    }
}

/// Deques first, but the injectors must not starve: they are first for a thread in debt, which may be its only server (S3),
/// and every 16th time.
PEL_INLINE job_slot scheduler::find_once(worker& own) noexcept {
    if (seats_.load().free() < 0 || (own.random() & 15) == 0) {
        if (const job_slot slot = injectors_.try_pop(own.near_injector)) return slot;
    }
    if (const job_slot slot = steal_any(own)) return slot;
    return injectors_.try_pop(own.near_injector);
}

PEL_INLINE job_slot scheduler::steal_any(worker& own) noexcept {
    const std::uint32_t count = record_count();
    std::uint32_t each = count == 0 ? 0 : own.random() % count;
    for (std::uint32_t tried = 0; tried < count; ++tried, each = each + 1 == count ? 0 : each + 1) {
        worker& victim = record(each);
        if (&victim == &own) continue;
        if (const job_slot slot = steal_from(own, victim)) return slot;
    }
    return {};
}

PEL_INLINE job_slot scheduler::steal_from(worker& own, worker& victim) noexcept {
    job_slot slot = victim.deque.try_steal();
    if (!slot) return slot;
    slot.forker = &victim;
    count_steal(own, victim);
    return slot;
}

PEL_INLINE job_slot scheduler::deep_steal_any(worker& own) noexcept {
    if (now_ns() < next_fence_.load(relaxed)) return {}; // stale: asked below
    const std::uint32_t count = record_count();
    for (std::uint32_t tried = 0, each = own.random(); tried < count; ++tried, ++each) {
        worker& victim = record(each % count);
        if (&victim == &own || !victim.deque.has_private() || !victim.deque.is_asked() || !try_spend_fence()) continue;
        bool fenced = false;
        std::int64_t cost = 0;
        job_slot slot = victim.deque.try_deep_steal([&]() noexcept {
            fenced = true;
            const std::int64_t start = now_ns();
            asymmetric_fence_heavy();
            cost = now_ns() - start;
        });
        if (fenced) own.counts.heavy_fences.add();
        if (fenced) settle_fence(cost, static_cast<bool>(slot));
        if (!slot) continue;
        slot.forker = &victim;
        own.counts.exposed.add();
        count_steal(own, victim);
        own.counts.deep_steals.add();
        return slot;
    }
    return {};
}

/// At most one heavy fence of the pool in 50 times its cost: no worker loses more than 2 % to interruptions.
PEL_INLINE bool scheduler::try_spend_fence() noexcept {
    const std::int64_t now = now_ns();
    std::int64_t next = next_fence_.load(relaxed);
    return now >= next && next_fence_.compare_exchange(next, now + 50 * fence_cost_.load(relaxed), relaxed);
}

/// What a fence is taken to cost. One that was interrupted by another program seems to have cost a time slice; believed
/// at once, it would keep thieves away for fifty of them.
constexpr std::int64_t believed_cost(std::int64_t believed_ns, std::int64_t measured_ns) noexcept {
    const std::int64_t most = 2 * believed_ns + 1'000;
    return measured_ns < most ? measured_ns : most;
}

/// A steal that failed doubles the gap to the next, up to the longest beat; a success resets it.
PEL_INLINE void scheduler::settle_fence(std::int64_t measured_ns, bool found) noexcept {
    const std::int64_t cost_ns = believed_cost(fence_cost_.load(relaxed), measured_ns); // any thief's measurement does
    fence_cost_.store(cost_ns, relaxed);
    const std::uint32_t failures = found ? 0 : fence_backoff_.load(relaxed) + 1;
    fence_backoff_.store(failures < 16 ? failures : 16, relaxed);
    const std::int64_t gap = (50 * cost_ns) << (failures < 16 ? failures : 16);
    next_fence_.store(now_ns() + (gap < longest_beat_ns || failures == 0 ? gap : longest_beat_ns), relaxed);
}

/// Whether somebody has to look in the place of a thread that was the last to search: for what is in sight, and for what
/// others may have in private, now or soon. If nobody else works there is only what its own job may fork, and the first
/// fork of a job wakes (prepare_poll()). So a task posted to a pool that sleeps wakes one thread, not two.
PEL_INLINE bool scheduler::must_be_replaced(seats_view after) const noexcept {
    return after.searching() == 0 && after.free() > 0 && (seats_.others_work(after) || has_visible_work());
}

/// A searcher has claimed a job.
PEL_INLINE void scheduler::run_found(worker& own, const job_slot& slot) noexcept {
    if (must_be_replaced(seats_.found())) {
        wake_one(own);
        if (slot.forker != nullptr && slot.forker->deque.has_public()) wake_one(own);
    }
    prepare_poll(own);
    run(own, slot);
    if (!is_from_this_process()) return; // the job forked, and this is the child: the thread ends
    if (!try_repay(own)) seats_.search();
}

/// S1: more threads hold seats than there are, and this one has nothing to hold it for. Not under S3, where it is the only
/// one to come for what is stranded. Returns: true after the sleep that paid it, awake with a new seat, searching.
PEL_INLINE bool scheduler::try_repay(worker& own) noexcept {
    const seats_view view = seats_.load();
    if (view.free() >= 0 || (seats_.others_are_foreign(view) && has_stranded_work())) return false;
    idle_.add(own.slot);
    if (!seats_.try_repay()) {
        withdraw_idle(own);
        return false;
    }
    own.counts.repayments.add();
    sleep_registered(own, false);
    return true;
}

/// A searcher that found nothing goes to sleep. Returns: awake again with a seat, searching; true: it was a beat.
PEL_INLINE bool scheduler::sleep_idle(worker& own) noexcept {
    bool guardian = false;
    idle_.add(own.slot);
    seats_.park_searcher(guardian, has_heavy_fence_); // without the fence nothing is private
    const bool beat = sleep_registered(own, guardian);
    if (guardian) {
        seats_.dismiss_guardian();
        own.beat = beat && own.beat * 2 <= longest_beat_ns ? own.beat * 2 : beat ? longest_beat_ns : first_beat_ns;
    } else {
        own.beat = first_beat_ns;
    }
    return beat;
}

/// Registered as idle; sleeps until a waker took it off, or it takes itself off because there is work or it is time to
/// look after the others. The first check is the look() after freeing its seat: it would wake itself.
PEL_INLINE bool scheduler::sleep_registered(worker& own, bool guardian) noexcept {
    while (!is_stopping()) {
        if (has_visible_work() && try_unregister(own)) return false;
        if (!idle_.has(own.slot)) return false;
        own.counts.parks.add();
        const std::int64_t deadline = guardian ? now_ns() + own.beat : 0;
        own.sleep.park(guardian ? own.beat : -1);
        if (!idle_.has(own.slot)) return false;
        if (!guardian || now_ns() < deadline) continue;
        own.counts.guardian_beats.add();
        if (try_unregister(own)) return true;
        own.beat = own.beat * 2 <= longest_beat_ns ? own.beat * 2 : longest_beat_ns; // no seat for it now
    }
    return false;
}

/// Takes one idle thread off, as a waker would, and that is this one — unless a waker has its bit already.
PEL_INLINE bool scheduler::try_unregister(worker& own) noexcept {
    if (!seats_.try_take_idle(false) && !(must_wake_in_debt() && seats_.try_take_idle(true))) return false;
    withdraw_idle(own);
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
