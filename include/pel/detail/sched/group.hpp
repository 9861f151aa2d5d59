// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a task group: its scope, its count, its list, and how its jobs reach a deque. group_count.hpp has the
// counting argument, segment.hpp what a segment is.
//   any thread: push(), cancel(), capture(); one waiter at a time: wait().
#pragma once

#include <pel/detail/sched/group_count.hpp>
#include <pel/detail/sched/lease.hpp>
#include <pel/detail/sched/operation_cancelled.hpp>
#include <pel/detail/sched/segment.hpp>

#include <exception>

PEL_NAMESPACE_BEGIN
namespace detail {

class group_core;

/// A job of a group, in its deque slot or in its list. Derived objects live in a frame pool.
struct group_job : job {
    group_job(group_core& group, job_function function) noexcept;
    group_core& group;
    listed_job link;
    bool is_listed = false;
};

class group_core : public scope {
public:
    explicit group_core(scheduler& pool) noexcept
        : scope(current_worker->innermost, &current_worker->floor, current_worker->deque.bottom()), pool_(pool) {
        worker& builder = *current_worker;
        if (builder.pool != &pool) return;
        home_ = &builder;
        serial_ = builder.next_serial();
        scope_serial_ = builder.scope_serial;
        base_ = builder.deque.bottom();
    }

    scheduler& pool() const noexcept { return pool_; }

    /// Makes a job of this group available: in the caller's deque if it belongs there, else in the list.
    void push(group_job& task) {
        worker& own = *current_worker;
        if (own.pool != &pool_) return push_from_outside(task);
        segment* here = segment_of(own);
        if (here == nullptr || !here->accepts(own) || !push_to(own, *here, task)) list(own, task, false);
    }

    /// Runs and waits until the group is complete. Requires: `own` is the caller's record, a member of pool().
    /// Throws: std::logic_error if the caller is inside the group, or another thread waits already.
    void wait(worker& own);

    /// As wait(), for a thread that no record can be had for: runs what is listed and waits for the rest.
    void wait_alone() {
        check_generation();
        while (!count_.is_complete()) {
            if (const job_slot slot = pool_.shared().try_pop(list_)) {
                slot.function(slot, no_worker, job_action::run_inline);
                subtract(1);
            } else {
                yield_thread();
            }
        }
    }

    /// The first exception wins; the group is cancelled. The echo of a cancellation is none.
    void capture(std::exception_ptr error) noexcept {
        if (is_cancelled() && is_cancellation(error)) return;
        if (!has_error_.exchange(true, relaxed)) error_ = std::move(error); // published by the count (G1)
        cancel();
    }
    /// The waiter, after wait(): the group is as new. Returns: the exception or null.
    std::exception_ptr reset() noexcept {
        std::exception_ptr error = std::move(error_);
        error_ = nullptr;
        has_error_.store(false, relaxed);
        scope::reset();
        return error;
    }
    bool is_complete() const noexcept { return count_.is_complete(); }

    /// A thief or server: invokes the job and runs everything that it pushed. Last access to the group.
    template <class Invoke>
    void serve(worker& runner, bool is_listed, Invoke&& invoke) noexcept {
        segment mine{.group = this, .group_serial = serial_, .scope_serial = runner.scope_serial};
        mine.base = mine.end = runner.deque.bottom();
        runner.served = &mine;
        invoke();
        drain(runner, mine);
        runner.served = nullptr;
        if (is_listed) runner.counts.listed_run.add();
        close(runner, mine, 1);
    }
    /// A leapfrogger that must not run the job: it is counted as stolen already.
    void give_back(worker& by, group_job& task) noexcept { list(by, task, true); }

    static void spill(worker& own, segment& here) noexcept;
    static void settle(segment& here) noexcept;

private:
    static constexpr std::uint32_t most_unsettled = 1u << 20;

    PEL_COLD void push_from_outside(group_job& task) {
        worker* const lease = lease_list::record_in(pool_); // a place to count
        list(lease != nullptr ? *lease : no_worker, task, false);
    }
    segment* segment_of(worker& own);
    bool push_to(worker& own, segment& here, group_job& task) noexcept;
    void list(worker& own, group_job& task, bool is_counted) noexcept;
    void subtract(std::uint64_t amount) noexcept {
        if (const std::uint32_t waiter = count_.subtract(amount)) record_table::record_of(waiter).sleep.unpark();
    }
    void help_own_segment(worker& own) noexcept;
    void check_waiter(const worker& own) const;
    void check_generation() const {
        if (!pool_.is_from_this_process() && !is_complete()) throw_lost_in_fork();
    }

    static bool pop(worker& own, segment& here, job_slot& taken) noexcept;
    static void drain(worker& own, segment& here) noexcept;
    static void close(worker& own, segment& here, std::uint64_t finished) noexcept;

    scheduler& pool_;
    worker* home_ = nullptr;          // where it was built, if by a member
    std::uint64_t serial_ = 0;        // of this group, in home_
    std::uint64_t scope_serial_ = 0;  // innermost scope there
    std::uint32_t base_ = 0;          // and position
    group_count count_;
    group_list list_;
    atomic<bool> has_error_{false};
    std::exception_ptr error_;
};

inline group_job::group_job(group_core& owner, job_function function) noexcept : job(&owner), group(owner) {
    link.work.function = function;
    link.work.frame = this;
}

/// Where this thread may push jobs of this group; null: nowhere. Throws: std::bad_alloc.
inline segment* group_core::segment_of(worker& own) {
    if (own.served != nullptr && own.served->group == this) return own.served;
    if (home_ != &own) return nullptr;
    segment* const innermost = own.open_segments;
    if (innermost != nullptr && innermost->group_serial == serial_ && innermost->is_pooled) return innermost;
    if (scope_serial_ != own.scope_serial || base_ != own.deque.bottom()) return nullptr;
    auto* fresh = ::new (own.frames.allocate(sizeof(segment)))
        segment{.group = this, .group_serial = serial_, .scope_serial = scope_serial_, .is_pooled = true};
    fresh->base = fresh->end = base_;
    return fresh;
}

inline bool group_core::push_to(worker& own, segment& here, group_job& task) noexcept {
    if (here.state == segment_state::closed) {
        count_.add(group_count::segment_credit);
        here.state = segment_state::credit;
        here.below = own.open_segments;
        own.open_segments = &here;
    } else if (here.state == segment_state::counted) {
        count_.add(1);
    }
    const job_slot& work = task.link.work;
    if (own.deque.try_push(here.end, work.function, work.frame) ||
        pool_.push_slow(own, here.end, work.function, work.frame)) {
        ++here.end;
        return true;
    }
    if (here.state == segment_state::counted) (void)count_.subtract(1); // not the last: the caller's job is to be listed
    return false;
}

inline void group_core::list(worker& own, group_job& task, bool is_counted) noexcept {
    if (!is_counted) count_.add(1);
    if (!pool_.is_from_this_process()) { // a fork child: nobody serves the list
        task.link.work.function(task.link.work, own, job_action::run_inline);
        return subtract(1);
    }
    task.is_listed = true;
    scheduler& pool = pool_; // the group may be complete, and gone, before the last line
    pool.shared().append(list_, task.link);
    own.counts.listed.add();
    pool.look(own);
}

/// Takes the job on top of a segment; steps over those that were stolen.
inline bool group_core::pop(worker& own, segment& here, job_slot& taken) noexcept {
    while (here.end > here.base) {
        const std::uint32_t position = here.end - 1;
        bool is_mine = own.deque.try_take_private(position);
        if (!is_mine && own.deque.take_public(position)) {
            own.counts.taken_back.add();
            is_mine = true;
        }
        here.end = position;
        if (is_mine) {
            taken = own.deque.read_taken(position);
            return true;
        }
        own.deque.await_slot_read(position); // nobody waits for the job before the slot is used again
        own.deque.close_stolen(position);
        if (here.state == segment_state::credit && ++here.stolen == most_unsettled) settle(here);
    }
    return false;
}

inline void group_core::drain(worker& own, segment& here) noexcept {
    job_slot taken;
    while (pop(own, here, taken)) {
        here.is_running = true;
        taken.function(taken, own, job_action::run_inline);
        here.is_running = false;
        if (here.state == segment_state::counted) here.group->subtract(1); // also when it was settled meanwhile
    }
}

/// Requires: no job left in it. `finished` jobs are subtracted in the same RMW, the last access to the group.
inline void group_core::close(worker& own, segment& here, std::uint64_t finished) noexcept {
    group_core& group = *here.group;
    const bool has_credit = here.state == segment_state::credit;
    const std::uint64_t stolen = here.stolen;
    if (here.state != segment_state::closed) own.open_segments = here.below;
    here.state = segment_state::closed;
    if (here.is_pooled) frame_pool::release(&here, sizeof(segment), &own.frames);
    const std::uint64_t amount = (has_credit ? group_count::segment_credit - stolen : 0) + finished;
    if (amount != 0) group.subtract(amount);
}

inline void group_core::spill(worker& own, segment& here) noexcept {
    job_slot taken;
    while (pop(own, here, taken)) {
        own.counts.spills.add();
        here.group->list(own, *static_cast<group_job*>(taken.frame), here.state == segment_state::counted);
    }
    close(own, here, 0);
}

inline void group_core::settle(segment& here) noexcept {
    here.state = segment_state::counted;
    const std::uint64_t left = here.stolen + (here.end - here.base) + (here.is_running ? 1 : 0);
    here.stolen = 0;
    here.group->subtract(group_count::segment_credit - left);
}

inline void spill_segments(worker& own, segment* kept) noexcept {
    while (own.open_segments != kept) group_core::spill(own, *own.open_segments);
}

inline void settle_segments(worker& own) noexcept {
    for (segment* each = own.open_segments; each != nullptr; each = each->below) {
        if (each->state == segment_state::credit) group_core::settle(*each);
    }
}

inline void group_core::check_waiter(const worker& own) const {
    for (const scope* each = own.innermost; each != nullptr; each = each->parent()) {
        if (each == this) throw_error<std::logic_error>("pel::task_group: wait() called by a task of the same group");
    }
}

/// The waiter's own jobs first. They may lie below forks that are not joined yet: then they are for others.
inline void group_core::help_own_segment(worker& own) noexcept {
    segment* mine = own.open_segments;
    while (mine != nullptr && (mine->group_serial != serial_ || !mine->is_pooled)) mine = mine->below;
    if (mine == nullptr || home_ != &own) return;
    while (own.open_segments != mine && own.open_segments->end == own.deque.bottom()) spill(own, *own.open_segments);
    if (own.open_segments != mine || mine->end != own.deque.bottom()) return;
    scope* const outer = own.innermost;
    own.innermost = this;
    drain(own, *mine);
    own.innermost = outer;
    close(own, *mine, 0);
}

inline void group_core::wait(worker& own) {
    check_waiter(own);
    help_own_segment(own);
    check_generation();
    switch (count_.try_register(own.id)) {
    case group_count::registration::complete: return;
    case group_count::registration::taken: throw_error<std::logic_error>("pel::task_group: two threads wait for it at once");
    case group_count::registration::registered: break;
    }
    pool_.wait_until(
        own, [&] { return count_.is_complete(); },
        [&] {
            if (const job_slot slot = pool_.shared().try_pop(list_)) {
                pool_.run(own, slot);
                return true;
            }
            return pool_.leapfrog_scope(own, *this);
        },
        [] { return true; });
    count_.unregister();
}

} // namespace detail
PEL_NAMESPACE_END
