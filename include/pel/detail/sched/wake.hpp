// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sharing and waking: a fork that was asked for work, look(), and who is woken. README.md, S2, has the argument why no
// work stays visible while a seat is free and somebody could take it.
#pragma once

#include <pel/detail/sched/segment.hpp>
#include <pel/detail/sched/site.hpp>
#include <pel/detail/sched/whereabouts.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// (Not cold: without heavy fences every fork comes here.)
PEL_NOINLINE PEL_INLINE bool scheduler::push_slow(worker& own, std::uint32_t position, job_function function,
                                                  job* frame) noexcept {
    const bool has_place = position < own.deque.capacity();
    if (has_place) [[likely]]
        own.deque.push(position, function, frame);
    else
        own.counts.full_deques.add();
    if (has_heavy_fence_ || own.wakes_from != 0 || own.has_left)
        serve_request(own);
    else
        expose_at_once(own);
    return has_place;
}

/// A fork where nothing may stay private. The request stays up, so nothing needs to be taken down. Who holds no seat, and
/// may block at any time, has somebody woken in debt if need be (S3).
PEL_INLINE service scheduler::expose_at_once(worker& own) noexcept {
    if (own.home_segments != nullptr) settle_awaited_segments(own);
    const std::uint32_t jobs = own.deque.expose(~0u);
    own.counts.fenced_forks.add(jobs);
    own.counts.exposed.add(jobs);
    const seats_view view = seats_.load();
    if (jobs > view.searching() && (view.free() > 0 || own.has_left)) wake_up_to(own, jobs - view.searching());
    return jobs != 0 ? service::exposed : service::nothing_private;
}

/// Forks become fast again only if somebody will ask: a searcher before it sleeps, the guardian, or who frees a seat;
/// otherwise the request stays up. The seats are read once more after the jobs became visible (edge S2).
PEL_COLD PEL_INLINE service scheduler::serve_request(worker& own) noexcept {
    if (!is_from_this_process()) {
        own.deque.clear_request(); // a fork child: nobody else is here
        return service::not_wanted;
    }
    if (own.is_blocking) return expose_at_once(own);
    if (own.has_left) end_brief_call(own);
    std::uint32_t jobs = 0;
    if (has_heavy_fence_) {
        own.deque.clear_request();
    } else {
        jobs = own.deque.expose(~0u);
        own.counts.fenced_forks.add(jobs);
        own.counts.exposed.add(jobs);
    }
    if (own.home_segments != nullptr) settle_awaited_segments(own); // seen at the latest now that the request is down
    const seats_view view = seats_.load();
    if (view.searching() == 0 && view.free() > 0 && own.wakes_from != 0 && !may_wake(own, ticks())) {
        own.deque.keep_request();
        return service::not_wanted;
    }
    if (has_heavy_fence_) {
        jobs = own.deque.expose((own.deque.private_jobs() + 1) / 2);
        own.counts.exposed.add(jobs);
    }
    const seats_view now = seats_.load();
    if (jobs > now.searching())
        wake_up_to(own, jobs - now.searching());
    else if (jobs == 0 && now.searching() == 0 && now.free() > 0)
        own.deque.keep_request(); // nobody would ask again
    return jobs != 0 ? service::exposed : service::nothing_private;
}

PEL_INLINE bool scheduler::may_wake(worker& own, std::int64_t now) noexcept {
    if (own.wakes_from == worker::wakes_later) own.wakes_from = now + ticks_of_ns(small_call_ns);
    if (now < own.wakes_from) return false;
    own.wakes_from = 0;
    return true;
}

/// Wakes are a tree: whoever finds work while more is in sight wakes two more.
PEL_INLINE void scheduler::wake_up_to(worker& by, std::uint32_t count) noexcept {
    for (std::uint32_t woken = 0; woken < 2 && woken < count; ++woken) {
        if (!wake_one(by)) return;
    }
}

PEL_INLINE bool scheduler::has_visible_work() const noexcept {
    if (!injectors_.is_empty()) return true;
    for (std::uint32_t each = 0, count = record_count(); each < count; ++each) {
        if (record(each).deque.has_public()) return true;
    }
    return false;
}

/// Work that no holder of a seat may be looking for if all of them are foreign threads (S3): what is in the injectors, and
/// what a thread has made public that sleeps in a wait, or blocks.
PEL_INLINE bool scheduler::has_stranded_work() const noexcept {
    if (!injectors_.is_empty()) return true;
    for (std::uint32_t each = 0, count = record_count(); each < count; ++each) {
        const worker& one = record(each);
        if (one.is_away.load(relaxed) && one.deque.has_public()) return true; // ordered by the seats word (S1)
    }
    return false;
}
/// S3: stranded work, and none but foreign threads to come for it. (Who ends that by leaving a seat looks again.)
PEL_INLINE bool scheduler::must_wake_in_debt() const noexcept {
    return seats_.only_foreign(seats_.load()) && has_stranded_work();
}

PEL_INLINE void scheduler::look(worker& by) noexcept {
    if (!is_from_this_process() || !has_visible_work()) return;
    if (stopping_.load(seq_cst)) // sync(X2) seq_cst: after what became visible
        unpark_everybody();      // those who wait run it
    else
        wake_one(by);
}

/// An idle thread, else a new one, else a waiter (S4). Whoever is woken owns a seat by then.
PEL_INLINE bool scheduler::wake_one(worker& by) noexcept {
    if (stopping_.load(relaxed) || !is_from_this_process()) return false; // stop() wakes everybody; a child has nobody
    if (!wake_or_start(by, false)) {
        const bool is_stranded = must_wake_in_debt();
        if (!is_stranded || !wake_or_start(by, true)) {
            if (can_start() || !seats_.try_take_waiter(is_stranded)) return false;
            wake_waiter(by);
        }
    }
    by.counts.wakes.add();
    if (seats_.load().free() < 0) by.counts.foreign_only.add();
    return true;
}

PEL_INLINE bool scheduler::wake_or_start(worker& by, bool in_debt) noexcept {
    if (!seats_.try_take_idle(in_debt)) {
        if (start_one(by, in_debt)) return true;
        if (!seats_.try_take_idle(in_debt)) return false; // who went to sleep while a thread seemed to be on its way
    }
    const worker& woken = wake_idle(by);
    by.counts.wakes_by_tier[tier(by, woken)].add();
    return true;
}

/// Requires: one was taken off the count of idle threads. The nearest one, and it is told where work may be.
PEL_INLINE worker& scheduler::wake_idle(worker& by) noexcept {
    const seat_plan* const plan = seating_.plan();
    const std::uint32_t slot = plan != nullptr
                                   ? idle_.claim_nearest(plan->order(), by.seat.load(relaxed)) // its own hint
                                   : idle_.claim(by.slot);
    worker& woken = record(seating_.record_at(slot));                 // its thread had it before it registered (W1)
    if (plan != nullptr) woken.woken_by.store(by.index + 1, relaxed); // a hint
    woken.sleep.unpark();
    return woken;
}
/// Requires: one was taken off the count of waiters.
PEL_INLINE void scheduler::wake_waiter(worker& by) noexcept { record(waiting_.claim(by.index)).sleep.unpark(); }

/// A thread that has taken itself off the count: its own bit, or the wake-up of the thread whose bit it took instead.
/// Returns: whether the bit was its own.
PEL_INLINE bool scheduler::withdraw_idle(worker& own) noexcept {
    if (idle_.remove(own.slot)) return true;
    wake_idle(own);
    return false;
}
PEL_INLINE bool scheduler::withdraw_waiter(worker& own) noexcept {
    if (waiting_.remove(own.index)) return true;
    wake_waiter(own);
    return false;
}

/// Whether another thread may be had, as far as is known.
PEL_INLINE bool scheduler::can_start() const noexcept {
    return threads_.load(relaxed) < config_.max_threads &&
           !start_failed_.load(relaxed); // stale: tried, or S4, once more
}

/// While it tries, the new thread counts as searching: others may have relied on that, so if it fails they are asked.
PEL_INLINE bool scheduler::start_one(worker& by, bool in_debt) noexcept {
    if (threads_.load(relaxed) >= config_.max_threads) return false; // never falls for long
    if (!seats_.try_take_seat(in_debt)) return false;
    if (threads_.fetch_add(1, relaxed) < config_.max_threads) {
        const bool is_started = start_thread_with_seat(by);
        start_failed_.store(!is_started, relaxed);
        if (is_started) return true;
    }
    threads_.fetch_sub(1, relaxed);
    seats_.return_seat();
    ask_everybody(by);
    return false;
}

/// A seat was freed by an RMW that returned `after`. If there was a free seat before and somebody to take it, then
/// whoever made work visible, or freed that one, has looked, unless it is this thread, which leaves public jobs behind
/// (`is_stranding`). Otherwise this thread looks, and asks those at work, who may have been told that nobody could come.
PEL_INLINE void scheduler::seat_was_freed(worker& by, seats_view after, bool is_stranding) noexcept {
    const bool somebody_is_left = after.idle() != 0 || can_start();
    if (after.free() > 1 && somebody_is_left && !is_stranding) return;
    if (!is_from_this_process()) return;
    bool is_wanted = has_visible_work();
    if (after.free() == 1 && after.searching() == 0 && !after.has_guardian() && seats_.somebody_works(after)) {
        ask_everybody(by);
        is_wanted = is_wanted || (has_heavy_fence_ && has_private_work(by)); // who asks stays to watch
    }
    if (is_wanted && wake_one(by)) by.counts.hand_overs.add();
}

PEL_INLINE void scheduler::ask_everybody(const worker& by) noexcept {
    for (std::uint32_t each = 0, count = record_count(); each < count; ++each) {
        if (&record(each) != &by) record(each).deque.request();
    }
}

PEL_INLINE bool scheduler::has_private_work(const worker& but) const noexcept {
    for (std::uint32_t each = 0, count = record_count(); each < count; ++each) {
        if (&record(each) != &but && record(each).deque.has_private()) return true;
    }
    return false;
}

/// A record comes to work: its first fork is slow, which shows it to who searches, or wakes somebody. The leaf after it
/// may be long, so a searcher's next request would come too late (benchmark coarse_items). An outermost call that may be
/// too small to share forks fast if somebody is there to ask. The request comes down before the seats are read (D5).
PEL_INLINE void scheduler::prepare_poll(worker& own) noexcept {
    const auto nobody_asks = [](seats_view view) { return view.searching() == 0 && view.free() > 0; };
    if (!has_heavy_fence_ || own.wakes_from == 0 || nobody_asks(seats_.load())) return own.deque.keep_request();
    own.deque.clear_request();
    if (nobody_asks(seats_.load())) own.deque.keep_request();
}

} // namespace detail
PEL_NAMESPACE_END
