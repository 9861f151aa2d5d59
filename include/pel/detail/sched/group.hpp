// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a task group: its scope, its count, its list, and how its jobs reach a deque. group_count.hpp has the
// counting argument, segment.hpp what a segment is.
//   any thread: push(), hold(), push_held(), cancel(), capture(); one waiter at a time: wait(), help_until().
//   G3: lead_into()'s release store -> append()'s acquire load: the group that another leads into.
#pragma once

#include <pel/detail/sched/call_level.hpp>
#include <pel/detail/sched/group_count.hpp>
#include <pel/detail/sched/lease.hpp>
#include <pel/detail/sched/operation_cancelled.hpp>
#include <pel/detail/sched/recordless_wait.hpp>
#include <pel/detail/sched/segment.hpp>
#include <pel/detail/sched/wait_until.hpp>

#include <exception>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

class group_core;

/// A job of a group, in its deque slot or in its list. Derived objects live in a frame pool.
struct group_job : listed_job {
    explicit group_job(group_core& owner) noexcept;
    group_job(const group_job&) = delete;
    group_job& operator=(const group_job&) = delete;

    group_core& group() const noexcept;
};

class group_core : public scope {
public:
    explicit group_core(scheduler& pool) noexcept
        : group_core(pool, *current_worker, current_worker->is_above_forks(this)) {}
    /// Inside of nothing: for what is submitted.
    struct detached {};
    group_core(scheduler& pool, detached) noexcept : scope(nullptr, nullptr, 0, 0), pool_(pool) {}
    /// Inside of `outer`, wherever that is built, not above anybody's forks; and a part of it, as after lead_into().
    group_core(scheduler& pool, group_core& outer) noexcept : scope(&outer, nullptr, 0, 0), pool_(pool) {
        if (&pool == &outer.pool_) led_into_.store(&outer, relaxed); // published with the group
    }

    group_core(const group_core&) = delete;
    group_core& operator=(const group_core&) = delete;
    ~group_core() {
        if (home_ == nullptr) return;
        segment** link = &home_->home_segments;
        while (*link != &segment_) link = &(*link)->older_home; // the first, unless lifetimes are not nested
        *link = segment_.older_home;
    }

    scheduler& pool() const noexcept { return pool_; }

    /// Makes a job of this group available: in the caller's deque if it belongs there, else in the list.
    void push(group_job& task, job_function function) noexcept {
        push(*current_worker, segment_of(*current_worker), task, function);
    }
    /// The same for who pushes several: `here` is what segment_of() has said to the calling thread, `own`, in the same job.
    PEL_ALWAYS_INLINE void push(worker& own, segment* here, group_job& task, job_function function) noexcept {
        if (here != nullptr && here->state == segment_state::credit && here->accepts(own) &&
            own.deque.try_push(here->end, function, &task)) [[likely]]
            ++here->end;
        else
            push_slow(own, here, task, function);
    }
    /// Where jobs of this group lie in the deque of the calling thread; null: nowhere.
    segment* segment_of(const worker& own) noexcept {
        if (own.pool != &pool_) return nullptr;
        if (own.served != nullptr && own.served->group == this) return own.served;
        return home_ == &own ? &segment_ : nullptr;
    }
    /// For a job of this group that is about to end, in place of the loop around it, which would have to be gone back to: the
    /// newest job in that segment. Returns: null, if there is none, something else lies above it, it has another
    /// function than `function`, was stolen, or is counted by itself.
    PEL_ALWAYS_INLINE group_job* take_next(worker& own, segment* here, job_function function) noexcept {
        if (here == nullptr || here->state != segment_state::credit || here->end == here->base) return nullptr;
        if (!here->accepts(own) || own.deque.function_at(here->end - 1) != function) return nullptr;
        if (!claim_newest(own, *here)) return nullptr;
        auto* const taken = static_cast<group_job*>(own.deque.pushed_at(here->end));
        serve_request_between(own);
        return taken;
    }

    /// Whose frames the calling thread's jobs come from: outside of all pools, those of the record that it is about to
    /// push by, if it can have one; others' are under a lock of the process.
    worker& frames_owner() const noexcept {
        worker& own = *current_worker;
        if (&own != &no_worker) [[likely]]
            return own;
        worker* const lease = record_in(pool_);
        return lease != nullptr ? *lease : own;
    }

    /// A job that is not to run yet is part of the group: it is not complete before that job has run. Any thread that may
    /// push().
    void hold() noexcept { count_.add(1); }
    /// It is to run now. Any thread.
    void push_held(group_job& task, job_function function) noexcept {
        list_from_anywhere({function, &task}, counted_as::job);
    }
    /// It does not run as a job: the calling one, of this group, has done what it was to do.
    void drop_held() noexcept { subtract(1); }
    /// As push_held(), for a job that is part of one that is held, and stays so: it counts for nothing by itself, and
    /// when it is over it says nothing.
    void list_part(listed_job& part, job_function function) noexcept {
        list_from_anywhere({function, &part}, counted_as::part);
    }
    /// From here on `outer` is not over before all parts of this group are. So they are listed there, and who waits for
    /// that runs them; unless it is of another pool. Requires: `outer` leads nowhere in the end that leads here.
    void lead_into(group_core& outer) noexcept;
    /// The group is as new, and the caller alone with it.
    void lead_nowhere() noexcept { led_into_.store(nullptr, relaxed); } // published with what is listed next
    /// The floating-point environment of who has built it.
    std::uint64_t fp_environment() const noexcept { return fp_environment_; }

    /// The builder's thread, before it waits or the group ends: its jobs run, its segment is closed. Nothing to do where
    /// forks that are not joined yet lie above: then the jobs are for others.
    void retire() {
        if (home_ == nullptr || segment_.state == segment_state::closed) return;
        if (!is_on_home_level()) return;
        check_waiter(*home_);
        drain_home(*home_);
    }

    /// Runs and waits until the group is complete. Requires: `own` is the caller's record, a member of pool().
    /// Throws: std::logic_error if the caller is inside the group, or another thread waits already.
    void wait(worker& own);

    /// Runs the group's parts until something is ready that is not counted: see scheduler::wait_until(). One thread at a
    /// time, and none in wait().
    template <class IsReady, class Announce>
    void help_until(worker& own, const IsReady& is_ready, const Announce& announce) {
        hold();                            // no part is counted, and who waits for nothing is not registered
        (void)count_.try_register(own.id); // who lists a part wakes this thread (G2)
        pool_.wait_until(own, is_ready, [&] { return help(own); }, announce, [&] { return !list_.is_empty(); });
        count_.unregister();
        drop_held();
    }
    /// A thread that waits for something inside runs a piece of the group. Returns: whether there was one.
    bool help(worker& own) noexcept;

    /// As wait(), for a thread that no record can be had for: runs what is listed and waits for the rest. `has_parts`: what
    /// is listed counts for nothing, see list_part().
    void wait_alone(bool has_parts = false);
    template <class IsReady>
    void help_alone(const IsReady& is_ready, bool has_parts = true) {
        wait_without_record(is_ready, [&] {
            const job_slot slot = pool_.shared().try_pop(list_);
            if (!slot) return pool_.help_abandoned();
            slot.function(slot, no_worker, job_action::run_inline);
            if (!has_parts) subtract(1);
            return true;
        });
    }

    /// The first exception wins; the group is cancelled. The echo of a cancellation is none.
    void capture(std::exception_ptr error) noexcept;
    /// The waiter, after wait(): the group is as new. Returns: the exception or null.
    std::exception_ptr reset() noexcept {
        std::exception_ptr error = std::move(error_);
        error_ = nullptr;
        has_error_.store(false, relaxed);
        scope::reset();
        return error;
    }
    bool is_complete() const noexcept { return count_.is_complete(); }
    /// Whether what the thread with this record runs now is inside the group, so that it must not wait for it.
    bool is_around(const worker& own) const noexcept;

    /// What the job_function of a group's job does. run(slot, runner) runs the job, and may destroy it, and may go on with
    /// others (take_next()); it holds nothing,
    /// so that the owner's way to it costs nothing.
    template <class Run>
    PEL_ALWAYS_INLINE static void act(const job_slot& claimed, worker& runner, job_action action, Run run) noexcept {
        static_assert(std::is_empty_v<Run>);
        if (action == job_action::run_inline) [[likely]]
            return run(claimed, runner);
        act_elsewhere(claimed, runner, action, run);
    }
    /// As list_part(), for one that was in a deque, which may be another pool's (resume_on()).
    void give_back_part(const job_slot& claimed) noexcept { list_from_anywhere(claimed, counted_as::part); }

    static void spill(worker& own, segment& here) noexcept;
    static void settle(segment& here) noexcept;
    /// Whether another thread than this record's waits.
    bool is_awaited_elsewhere(const worker& own) const noexcept {
        const std::uint32_t waiter = count_.waiter();
        return waiter != 0 && waiter != own.id;
    }

private:
    /// One that may outlive the forks around it keeps out of their deque, and is not cancelled with them: the positions
    /// are those of other forks by then.
    group_core(scheduler& pool, worker& builder, bool is_above_forks) noexcept
        : scope(is_above_forks ? builder.innermost : scope_around_calls(builder),
                is_above_forks ? &builder.floor : nullptr, builder.level_base, end_of_forks(builder)),
          pool_(pool) {
        if (!is_above_forks || builder.pool != &pool) return;
        home_ = &builder;
        segment_.older_home = std::exchange(builder.home_segments, &segment_);
        segment_.group = this;
        segment_.scope_serial = builder.scope_serial;
        segment_.base = segment_.end = builder.deque.bottom();
    }

    static constexpr std::uint32_t most_unsettled = 1u << 20;

    /// What of a job that is listed is in the count.
    enum class counted_as { nothing_yet, job, part };

    void list_from_anywhere(const job_slot& task, counted_as how) noexcept;

    /// In another place than its owner's deque: a thief or server runs the job and all that it pushed, a leapfrogger that
    /// must not lists it. Last access to the group.
    template <class Run>
    PEL_NOINLINE static void act_elsewhere(const job_slot& claimed, worker& runner, job_action action,
                                           Run run) noexcept {
        auto& task = static_cast<group_job&>(*claimed.frame);
        group_core& group = task.group();
        if (action == job_action::give_back)
            return group.list(runner, claimed, counted_as::job); // counted as stolen already
        const bool is_listed = task.is_listed();
        segment mine{.group = &group, .scope_serial = runner.scope_serial};
        mine.base = mine.end = runner.deque.bottom();
        // Not the scope that run() has opened: nobody joins the job where it was pushed, so forks that its forker makes
        // there meanwhile are none of its business. Those around the group are known to that.
        scope inside(&group, nullptr, 0, 0);
        scope* const opened = runner.innermost;
        if (runner.is_member()) { // no_worker is everybody's, and pushes to no deque
            runner.innermost = &inside;
            runner.served = &mine;
        }
        {
            const adopted_fp_environment adopted(runner, group.fp_environment_);
            run(claimed, runner);
            drain(runner, mine);
        }
        if (runner.is_member()) {
            runner.innermost = opened;
            runner.served = nullptr;
        }
        if (is_listed) runner.counts.listed_run.add();
        if (claimed.forker != nullptr) claimed.forker->deque.request(); // as finish_stolen_job()
        close(runner, mine, 1);
    }
    void push_slow(worker& own, segment* here, group_job& task, job_function function) noexcept;
    void push_from_outside(const job_slot& task, counted_as how) noexcept;
    /// Whether the calling thread is the builder's, where no job or scope was begun since. (In a fork child, too.)
    bool is_on_home_level() const noexcept {
        return (current_worker == home_ || !pool_.is_from_this_process()) &&
               segment_.scope_serial == home_->scope_serial;
    }
    bool push_to(worker& own, segment& here, job_function function, group_job& task) noexcept;
    void open(worker& own, segment& here) noexcept;
    void list(worker& own, const job_slot& task, counted_as how) noexcept;
    std::uint32_t append(unsigned at, const job_slot& task) noexcept;
    void subtract(std::uint64_t amount) noexcept {
        if (const std::uint32_t waiter = count_.subtract(amount)) record_table::record_of(waiter).sleep.unpark();
    }
    void drain_home(worker& own) noexcept;
    void shut_younger(worker& own) noexcept;
    void check_waiter(const worker& own) const;
    void check_generation() const;

    static bool claim_newest(worker& own, segment& here) noexcept;
    static bool pop(worker& own, segment& here, job_slot& taken) noexcept;
    static void drain(worker& own, segment& here) noexcept;
    static void close(worker& own, segment& here, std::uint64_t finished) noexcept;

    scheduler& pool_;
    const std::uint64_t fp_environment_ = read_fp_environment(); // the builder's
    worker* home_ = nullptr;                                     // where it was built, if by a member and on its stack
    segment segment_;                                            // there
    group_count count_;
    group_list list_;
    atomic<group_core*> led_into_{nullptr}; // closes the list
    atomic<bool> has_error_{false};
    std::exception_ptr error_;
};

inline group_job::group_job(group_core& owner) noexcept : listed_job(&owner) {}
inline group_core& group_job::group() const noexcept { return static_cast<group_core&>(*home); }

/// Takes the job on top of a segment, which then ends where that was. Returns: false if it was stolen; then nothing has
/// changed.
PEL_ALWAYS_INLINE bool group_core::claim_newest(worker& own, segment& here) noexcept {
    const std::uint32_t position = here.end - 1;
    if (!own.deque.try_take_private(position)) [[unlikely]] {
        const split_deque::taken taken_as = own.deque.take_public(position);
        if (taken_as == split_deque::taken::stolen) return false;
        if (taken_as == split_deque::taken::exposed) own.counts.taken_back.add();
    }
    here.end = position;
    return true;
}

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/sched/group_jobs.hpp>
#endif
