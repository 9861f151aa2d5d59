// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A coroutine as a job: the base of the promise of pel::task. It begins as a child in the deque of who awaits it with
// others, or in place; each time it goes on after a suspension it is in the list of its group. Chains of coroutines that
// end and begin one another run in run_coroutine(), which leaves the deque as it has found it.
//   the thread that runs it: everything; any one thread, once it is suspended: resume_later().
// I1  a coroutine is in one place: running, in a deque, in its group's list, or with who resumes it. Whoever takes it from
//     there is the only one to do so.
// I2  as long as a coroutine of a group is not over, the group is not: what waits for it is part of the group, and the
//     first of all, its root, is counted there (group_core::hold()). So no coroutine but the root is counted.
// I3  what lies in a deque above the base of run_coroutine() is of the group that runs there.
#pragma once

#include <pel/detail/platform/handover.hpp>
#include <pel/detail/sched/foreign.hpp>
#include <pel/task_group.hpp>

#include <coroutine>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class join_point;

/// The coroutines that are waited for together: a root, and all that it awaits.
class coroutine_group : public stoppable_group {
public:
    using stoppable_group::stoppable_group;
};

class coroutine_job : public listed_job {
public:
    coroutine_job() noexcept {} // writes nothing
    coroutine_job(const coroutine_job&) = delete;
    coroutine_job& operator=(const coroutine_job&) = delete;

    coroutine_group& group() const noexcept { return static_cast<coroutine_group&>(*home); }

    /// A suspended one goes on, on a thread of its group's pool. Thread safety: any thread; the coroutine may be over, and
    /// gone, before this returns.
    void resume_later() noexcept { group().list_part(*this, &act); }
    /// Where the calling thread is, for a coroutine that suspends there: it goes on in the same pool, or its group's if that
    /// is null.
    static void* place() noexcept { return current_worker->pool; }
    void resume_later(void* place) noexcept;
    /// What it has waited for is there: it goes on before what is listed, from the caller's deque where it may lie there.
    /// Now and then from the list, so that coroutines that resume each other do not keep a thread to themselves.
    void resume_soon(void* place) noexcept {
        worker& own = *current_worker;
        if (place != nullptr && place != &group().pool()) return resume_later(place);
        if (!may_lie_on(own) || ++own.resumed % most_resumed_in_a_row == 0 || !try_push_on(own, &act)) resume_later();
    }
    /// Begins on its own: in the caller's deque where it may lie there, else from the list. Unless its group is cancelled by
    /// then: it is dropped, and its end is told of one that is not done().
    void begin_in_group() noexcept {
        worker& own = *current_worker;
        if (!may_lie_on(own) || !try_push_on(own, &begin)) group().list_part(*this, &begin);
    }

    static void begin(const job_slot& claimed, worker& runner, job_action action);
    static void act(const job_slot& claimed, worker& runner, job_action action);
    /// A job of `runner` is to run it. The frame may be gone afterwards.
    void run_on(worker& runner) noexcept;

    std::coroutine_handle<> self() noexcept { return std::coroutine_handle<coroutine_job>::from_promise(*this); }

    // Who awaits it: written before it begins.

    void is_awaited_by(std::coroutine_handle<> alone) noexcept { awaits_ = address_of(alone.address()); }
    void is_awaited_at(join_point& with_others, bool is_in_line) noexcept {
        awaits_ = address_of(&with_others) | at_join | (is_in_line ? in_line : 0);
    }
    void enter_line() noexcept { awaits_ |= in_line; }
    bool is_in_line() const noexcept { return (awaits_ & in_line) != 0; }
    /// Null: it is awaited alone.
    join_point* join() const noexcept {
        return (awaits_ & at_join) != 0 ? reinterpret_cast<join_point*>(awaits_ & ~(at_join | in_line)) : nullptr;
    }
    std::coroutine_handle<> continuation() const noexcept {
        return std::coroutine_handle<>::from_address(reinterpret_cast<void*>(awaits_));
    }

private:
    /// Where coroutines of the same group run (I3), in its pool, and no fork of a body that one has called lies on top.
    bool may_lie_on(const worker& own) const noexcept {
        if (own.innermost != home || own.pool != &group().pool() || !own.is_member()) return false;
        const std::uint32_t position = own.deque.bottom();
        if (position == 0) return true;
        const job_function below = own.deque.read_taken(position - 1).function;
        return below == &act || below == &begin;
    }
    bool try_push_on(worker& own, job_function does) noexcept {
        const std::uint32_t position = own.deque.bottom();
        return own.deque.try_push(position, does, this) || own.pool->push_slow(own, position, does, this);
    }
    static void act_elsewhere(const job_slot& claimed, worker& runner, job_action action) noexcept;
    static void count_elsewhere(const job_slot& claimed, worker& runner) noexcept;

    static constexpr std::uint32_t most_resumed_in_a_row = 64;
    static constexpr std::uintptr_t at_join = 1, in_line = 2;
    static std::uintptr_t address_of(const void* object) noexcept { return reinterpret_cast<std::uintptr_t>(object); }

    std::uintptr_t awaits_; // a coroutine, or a join point
};

/// Claims the job of a coroutine back that is on top of the deque, at `position`, and was found public. False: a thief has
/// it, and the position is free again.
PEL_NOINLINE inline bool take_coroutine_back(worker& own, std::uint32_t position) noexcept {
    const split_deque::taken taken = own.deque.take_public(position);
    if (taken == split_deque::taken::exposed) own.counts.taken_back.add();
    if (taken != split_deque::taken::stolen) return true;
    if (own.pool->is_from_this_process()) // in a fork child the thief is gone
        own.deque.await_slot_read(position);
    own.deque.close_stolen(position);
    return false;
}

/// Takes the jobs of coroutines above `base` back, one by one, and runs them.
inline void drain_coroutines(worker& own, std::uint32_t base) noexcept {
    while (own.deque.bottom() > base) {
        const std::uint32_t position = own.deque.bottom() - 1;
        if (!own.deque.try_take_private(position) && !take_coroutine_back(own, position)) continue;
        serve_request_between(own);
        const job_slot taken = own.deque.read_taken(position);
        taken.function(taken, own, job_action::run_inline);
    }
}

/// Resumes it, runs what it hands over to, and what that leaves in the deque.
inline void run_coroutine(worker& own, coroutine_job& first) noexcept {
    scope* const innermost = own.innermost;
    const std::uint64_t serial = own.scope_serial;
    const std::uint32_t base = own.deque.bottom();
    const std::uint32_t outer_base = std::exchange(own.coroutine_base, base);
    own.open_scope(first.home); // group segments further down take no job as long as this is innermost
    resume_chain(first.self());
    drain_coroutines(own, base);
    own.coroutine_base = outer_base;
    own.innermost = innermost;
    own.scope_serial = serial;
}

/// What a thread serves that runs coroutines: their frames may be gone before it is done.
inline constinit job any_coroutine{nullptr};

inline void coroutine_job::act(const job_slot& claimed, worker& runner, job_action action) {
    if (action != job_action::run_inline) return act_elsewhere(claimed, runner, action);
    auto& self = static_cast<coroutine_job&>(*claimed.frame);
    if (&runner == &no_worker) return resume_chain(self.self());
    runner.innermost = self.home;
    resume_chain(self.self());
}

PEL_NOINLINE inline void coroutine_job::act_elsewhere(const job_slot& claimed, worker& runner,
                                                      job_action action) noexcept {
    auto& self = static_cast<coroutine_job&>(*claimed.frame);
    if (action == job_action::give_back) return self.group().give_back_part(claimed);
    self.run_on(runner);
    count_elsewhere(claimed, runner);
}

inline void coroutine_job::count_elsewhere(const job_slot& claimed, worker& runner) noexcept {
    if (claimed.forker != nullptr)
        claimed.forker->deque.request(); // as finish_stolen_job()
    else
        runner.counts.listed_run.add();
}

inline void coroutine_job::run_on(worker& runner) noexcept {
    if (&runner == &no_worker) return resume_chain(self());
    runner.serving.set(&any_coroutine, home, runner.deque.bottom());
    const adopted_fp_environment adopted(runner, group().fp_environment());
    run_coroutine(runner, *this);
}

} // namespace detail
PEL_NAMESPACE_END
