// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What becomes of a group's jobs: in the deque, in the list, and while somebody waits; group.hpp declares it.
#pragma once

#include <pel/detail/sched/group.hpp>
#include <pel/detail/sched/lease_list.hpp>

#include <stdexcept>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Before a push, whose job is in the segment already: the credit for all jobs to come, or the count for this one, where
/// the segment was settled, or would have been if it had been open when the thread began to block, or was asked.
PEL_INLINE void group_core::open(worker& own, segment& here) noexcept {
    if (here.state == segment_state::closed) {
        here.state = own.is_blocking ? segment_state::counted : segment_state::credit;
        here.below = own.open_segments;
        own.open_segments = &here;
    }
    const bool has_credit = here.state == segment_state::credit;
    const std::uint32_t waiter = count_.add(has_credit ? group_count::segment_credit : 1);
    if (has_credit && home_ == &own && waiter != 0 && waiter != own.id) settle(here);
}

PEL_INLINE void group_core::list(worker& own, const job_slot& task, counted_as how) noexcept {
    if (how == counted_as::nothing_yet) count_.add(1);
    if (!pool_.is_from_this_process()) { // a fork child: nobody serves the list
        task.function(task, own, job_action::run_inline);
        if (how != counted_as::part) subtract(1);
        return;
    }
    scheduler& pool = pool_; // the group may be complete, and gone, after the append
    const std::uint32_t waiter = append(own.near_injector, task);
    if (waiter != 0) record_table::record_of(waiter).sleep.unpark(); // others may need what it holds
    own.counts.listed.add();
    pool.look(own);
}

/// To the list of the group at the end of those that this one leads into. Until then none of them is over. Returns: who
/// waits for that, as group_count::waiter().
PEL_INLINE std::uint32_t group_core::append(unsigned at, const job_slot& task) noexcept {
    group_core* to = this;
    std::uint32_t waiter = 0;
    const auto is_open = [&]() noexcept {
        return to->led_into_.load(relaxed) == nullptr; // under the lock: or who closes it finds the job there
    };
    const auto find_waiter = [&]() noexcept { waiter = to->count_.waiter(); };
    auto& item = static_cast<listed_job&>(*task.frame);
    do {
        while (group_core* const outer = to->led_into_.load(acquire)) to = outer; // sync(G3) acquire: it is made
    } while (!pool_.shared().try_append(to->list_, at, item, task.function, is_open, find_waiter));
    return waiter;
}

PEL_INLINE void group_core::lead_into(group_core& outer) noexcept {
    if (&outer.pool_ != &pool_ || !pool_.is_from_this_process()) return;
    led_into_.store(&outer, release); // sync(G3) release: it is made
    worker& by = current_worker->pool == &pool_ ? *current_worker : no_worker;
    while (const job_slot listed = pool_.shared().pop_closed(list_, by.near_injector)) { // and was counted as such
        const std::uint32_t waiter = outer.append(by.near_injector, listed);
        if (waiter != 0) record_table::record_of(waiter).sleep.unpark();
        pool_.look(by);
    }
}

/// Takes the job on top of a segment; steps over those that were stolen.
PEL_INLINE bool group_core::pop(worker& own, segment& here, job_slot& taken) noexcept {
    while (here.end > here.base) {
        if (claim_newest(own, here)) {
            taken = own.deque.read_taken(here.end);
            return true;
        }
        const std::uint32_t position = --here.end;
        if (here.group->pool_.is_from_this_process()) // in a fork child the thief is gone
            own.deque.await_slot_read(position);      // nobody waits for the job before the slot is used again
        own.deque.close_stolen(position);
        if (here.state == segment_state::credit && ++here.stolen == most_unsettled) settle(here);
    }
    return false;
}

PEL_INLINE void group_core::drain(worker& own, segment& here) noexcept {
    job_slot taken;
    while (pop(own, here, taken)) {
        here.is_running = true; // for who settles the segment
        serve_request_between(own);
        taken.function(taken, own, job_action::run_inline);
        here.is_running = false;
        if (here.state == segment_state::counted) here.group->subtract(1); // also when it was settled meanwhile
    }
}

/// Requires: no job left in it. `finished` jobs are subtracted in the same RMW, the last access to the group.
PEL_INLINE void group_core::close(worker& own, segment& here, std::uint64_t finished) noexcept {
    group_core& group = *here.group;
    const bool has_credit = here.state == segment_state::credit;
    const std::uint64_t stolen = here.stolen;
    if (here.state != segment_state::closed) {
        segment** link = &own.open_segments;
        while (*link != &here) link = &(*link)->below; // another group's may have been opened above
        *link = here.below;
    }
    here.state = segment_state::closed;
    here.stolen = 0;
    const std::uint64_t amount = (has_credit ? group_count::segment_credit - stolen : 0) + finished;
    if (amount != 0) group.subtract(amount);
}

PEL_INLINE void group_core::spill(worker& own, segment& here) noexcept {
    job_slot taken;
    while (pop(own, here, taken)) {
        own.counts.spills.add();
        here.group->list(own, taken, here.state == segment_state::counted ? counted_as::job : counted_as::nothing_yet);
    }
    // A job of its own that runs further down the stack finds the segment closed, and what counts it gone with that.
    close(own, here, here.is_running && here.state == segment_state::counted ? 1 : 0);
}

PEL_INLINE void group_core::settle(segment& here) noexcept {
    here.state = segment_state::counted;
    const std::uint64_t left = here.stolen + (here.end - here.base) + (here.is_running ? 1 : 0);
    here.stolen = 0;
    here.group->subtract(group_count::segment_credit - left);
}

PEL_INLINE void spill_segments(worker& own, segment* kept) noexcept {
    while (own.open_segments != kept) group_core::spill(own, *own.open_segments);
}

PEL_INLINE void settle_segments(worker& own) noexcept {
    for (segment* each = own.open_segments; each != nullptr; each = each->below) {
        if (each->state == segment_state::credit) group_core::settle(*each);
    }
}

PEL_INLINE void settle_awaited_segments(worker& own) noexcept {
    for (segment* each = own.home_segments; each != nullptr; each = each->older_home) {
        if (each->state == segment_state::credit && each->group->is_awaited_elsewhere(own)) group_core::settle(*each);
    }
}

PEL_INLINE void group_core::check_waiter(const worker& own) const {
    if (is_around(own)) throw_error<std::logic_error>("pel::task_group: wait() called by a task of the same group");
}

/// Groups that are younger than this one, and begin above it, must not push any more once its jobs are taken back.
PEL_INLINE void group_core::shut_younger(worker& own) noexcept {
    for (segment* each = own.home_segments; each != &segment_; each = each->older_home) {
        if (each->base <= segment_.base) continue;
        if (each->state != segment_state::closed) spill(own, *each); // nothing: its job runs, further down the stack
        each->shut();
    }
}

PEL_INLINE void group_core::drain_home(worker& own) noexcept {
    while (own.open_segments != &segment_ && own.open_segments->end == own.deque.bottom())
        spill(own, *own.open_segments);
    if (segment_.end != own.deque.bottom()) return;
    shut_younger(own);
    scope* const outer = own.innermost;
    own.innermost = this;
    drain(own, segment_);
    own.innermost = outer;
    close(own, segment_, 0);
}

PEL_INLINE void group_core::wait(worker& own) {
    check_waiter(own);
    check_generation();
    switch (count_.try_register(own.id)) {
    case group_count::registration::complete: return;
    case group_count::registration::taken:
        throw_error<std::logic_error>("pel::task_group: two threads wait for it at once");
    case group_count::registration::registered: break;
    }
    if (home_ != nullptr && home_ != &own) home_->deque.request(); // to settle its segment, now that somebody waits
    pool_.wait_until(
        own, [&] { return count_.is_complete(); }, [&] { return help(own); }, [] { return true; },
        [&] { return !list_.is_empty(); });
    count_.unregister();
}

PEL_INLINE bool group_core::help(worker& own) noexcept {
    const job_slot listed = pool_.shared().try_pop(list_);
    if (!listed) return pool_.leapfrog_scope(own, *this);
    pool_.run(own, listed);
    return true;
}

PEL_INLINE void group_core::wait_alone(bool has_parts) {
    check_generation();
    help_alone([this] { return count_.is_complete(); }, has_parts);
}

PEL_INLINE void group_core::capture(std::exception_ptr error) noexcept {
    if (is_cancelled() && is_cancellation(error)) return;
    if (!has_error_.exchange(true, relaxed)) error_ = std::move(error); // published by the count (G1)
    cancel();
}

PEL_INLINE bool group_core::is_around(const worker& own) const noexcept {
    const scope* around = own.innermost;
    while (around != nullptr && around != this) around = around->parent();
    return around == this;
}

PEL_INLINE void group_core::list_from_anywhere(const job_slot& task, counted_as how) noexcept {
    worker& own = *current_worker;
    if (own.pool == &pool_) return list(own, task, how);
    push_from_outside(task, how);
}

/// Requires: the segment accepts jobs. Returns: false if the deque is full.
PEL_INLINE bool group_core::push_to(worker& own, segment& here, job_function function, group_job& task) noexcept {
    const std::uint32_t position = here.end++; // in the segment already, for who settles that meanwhile
    if (here.state != segment_state::credit) open(own, here);
    if (own.deque.try_push(position, function, &task) || pool_.push_slow(own, position, function, &task)) return true;
    --here.end;
    if (here.state == segment_state::counted)
        (void)count_.subtract(1); // not the last: the caller's job is to be listed
    return false;
}

/// The first job of a segment; one that is counted by itself; where somebody has asked; where jobs are listed.
PEL_NOINLINE PEL_INLINE void group_core::push_slow(worker& own, segment* here, group_job& task,
                                                   job_function function) noexcept {
    if (own.pool != &pool_) return push_from_outside({function, &task}, counted_as::nothing_yet);
    if (here == nullptr || !here->accepts(own) || !push_to(own, *here, function, task))
        list(own, {function, &task}, counted_as::nothing_yet);
}

PEL_COLD PEL_INLINE void group_core::push_from_outside(const job_slot& task, counted_as how) noexcept {
    worker* const lease = record_in(pool_); // a place to count
    if (lease != nullptr) pool_.come_by(*lease);
    scheduler& pool = pool_;
    pool.submission_begins(); // else the group may be complete, and the pool gone, before this thread has looked
    list(lease != nullptr ? *lease : no_worker, task, how);
    pool.submission_ends();
}

PEL_INLINE void group_core::check_generation() const {
    if (!pool_.is_from_this_process() && !is_complete()) throw_lost_in_fork();
}

} // namespace detail
PEL_NAMESPACE_END
