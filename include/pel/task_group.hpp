// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// task_group: any number of tasks, waited for together.
#pragma once

#include <pel/detail/sched/callable.hpp>
#include <pel/detail/sched/group.hpp>
#include <pel/detail/sched/stop_watch.hpp>
#include <pel/thread_pool.hpp>

#include <functional>
#include <optional>
#include <stop_token>
#include <type_traits>

PEL_NAMESPACE_BEGIN

/// How a wait ended. (An exception of a task is thrown instead.)
enum class [[nodiscard]] group_status { completed, cancelled };

namespace detail {

struct task_group_access;

/// A task of a group: calls its function, unless the group is cancelled by then.
template <class F, class Group>
class group_call final : public group_job {
public:
    group_call(Group& owner, F&& callable) : group_job(owner), function_(std::move(callable)) {}
    group_call(Group& owner, const F& callable) : group_job(owner), function_(callable) {}

    void push() noexcept { static_cast<Group&>(group()).push(*this, &act); }

private:
    static void act(const job_slot& claimed, worker& runner, job_action action) {
        group_core::act(claimed, runner, action, [](const job_slot& slot, worker& by) noexcept {
            auto* self = static_cast<group_call*>(slot.frame);
            Group& owner = static_cast<Group&>(self->group());
            segment* const here = owner.segment_of(by);
            do self->invoke_and_destroy(owner, by);
            while ((self = static_cast<group_call*>(owner.take_next(by, here, &act))) != nullptr);
        });
    }
    PEL_ALWAYS_INLINE void invoke_and_destroy(Group& owner, worker& runner) noexcept {
        if (!owner.is_cancelled()) [[likely]] {
            call_guarded([&] { owner.invoke(function_); },
                         [&](std::exception_ptr error) { owner.capture(std::move(error)); });
        }
        this->~group_call();
        frame_pool::release(this, sizeof(group_call), &runner.frames);
    }

    F function_;
};

/// A group with a stop token, made when a task wants it.
class stoppable_group : public group_core {
public:
    using group_core::group_core;

    template <class F>
    void invoke(F& function) {
        if constexpr (std::is_invocable_v<F&, std::stop_token>)
            std::invoke(function, token());
        else
            std::invoke(function);
    }
    std::stop_token token() {
        const lock_guard guard(watch_lock_);
        if (!watch_) watch_.emplace(*this);
        return watch_->token();
    }
    /// The waiter, after wait(): all tasks, which alone ask for tokens, are counted as done (G1).
    void reset_stop() noexcept { watch_.reset(); }

private:
    lock watch_lock_;
    std::optional<stop_watch> watch_;
};

/// Makes f() a task of a group. Throws: std::bad_alloc, and what copying f throws.
template <class Group, class F>
PEL_ALWAYS_INLINE void push_call(Group& group, F&& f) {
    using call = group_call<std::decay_t<F>, Group>;
    static_assert(alignof(call) <= 64,
                  "pel::task_group::run: a task aligned to more than 64 bytes is to hold that by pointer");
    worker& own = group.frames_owner();
    void* memory = allocate_frame(own, sizeof(call));
    call* task = nullptr;
    call_unwinding([&] { task = ::new (memory) call(group, std::forward<F>(f)); },
                   [&] { frame_pool::release(memory, sizeof(call), &own.frames); });
    task->push();
}

} // namespace detail

/// Tasks that are waited for together. Any thread may run tasks into it, its own tasks too; one thread waits. If that is
/// another than the one whose task has built it, the latter must not block meanwhile but in PEL, or in pel::blocking: what
/// it has run into the group is not known to be done before it comes to PEL again.
/// Requires: it does not outlive the loop, task or parallel_invoke branch that it was built in, if it was built in one.
/// Cost: tasks of a group that is a local variable of a task are a few ns each while nobody steals; of others, a list's.
class task_group {
public:
    /// Of the calling worker's pool; elsewhere of the default pool. Throws: what making that throws, at its first use.
    task_group() : core_(detail::current_scheduler()) {}
    /// Of that pool. Throws: in a fork child std::bad_alloc.
    explicit task_group(thread_pool& pool) : core_(detail::pool_access::core(pool)) {}
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    /// Blocks, as wait(). An exception that no wait() has thrown ends the program, unless one is being handled already.
    ~task_group() {
        core_.retire();
        if (!core_.pool().is_from_this_process()) return; // a fork child: what is left is the parent's
        detail::complete_group(core_);
        if (core_.reset() != nullptr && std::uncaught_exceptions() == 0) std::terminate();
    }

    /// Makes f() a task of this group; f may take a std::stop_token, which stops when the group, or what it is in, is
    /// cancelled. Drops f if the group is cancelled. Throws: std::bad_alloc, and what copying f throws. Thread safety:
    /// any thread. Complexity: span O(1): f begins when a thread is free, at the latest in wait().
    template <class F>
        requires(std::invocable<std::decay_t<F>&> || std::invocable<std::decay_t<F>&, std::stop_token>)
    void run(F&& f) {
        using function = std::decay_t<F>;
        constexpr bool has_effect =
            detail::callable_for_effect<function&> || detail::callable_for_effect<function&, std::stop_token>;
        static_assert(has_effect, "pel::task_group::run: nobody awaits the coroutine that f returns, so it would never "
                                  "begin: say pool.submit(f) or async_scope::spawn(f)");
        if constexpr (!has_effect) {
        } else if constexpr (detail::copied_into_registers<function>) {
            const function held = f; // written to the task directly, by words
            run_held(held);
        } else {
            run_held(std::forward<F>(f));
        }
    }

    /// run(f) and wait(), the calling thread being first to run f. Returns, throws, blocks: as these.
    template <class F>
    group_status run_and_wait(F&& f) {
        run(std::forward<F>(f));
        return wait();
    }

    /// Runs and waits until every task is done; the group can be used again. Returns: completed, or cancelled if tasks
    /// were dropped or told to stop. Throws: the first exception of a task; std::logic_error when called by a task of
    /// this group, or while another thread waits. Blocks, and is legal everywhere else.
    group_status wait() {
        detail::complete_group(core_);
        const bool was_cancelled = core_.is_cancelled();
        core_.reset_stop();
        if (std::exception_ptr error = core_.reset()) std::rethrow_exception(std::move(error));
        return was_cancelled ? group_status::cancelled : group_status::completed;
    }

    /// Tasks that have not begun are dropped; running ones stop at their next check; run() drops until wait() returned.
    /// Blocks: never, but for what callbacks of its tasks' stop tokens do, which it calls. Thread safety: any thread.
    void cancel() { core_.cancel(); }
    /// Returns: whether it, or what it is in, is cancelled. Thread safety: any thread. Cost: two loads, as a rule.
    bool is_cancelled() const noexcept { return core_.is_cancelled(); }

private:
    friend struct detail::task_group_access;

    template <class F>
    PEL_ALWAYS_INLINE void run_held(F&& f) {
        if (core_.is_cancelled()) return;
        if (core_.pool().is_stopping()) return run_alone<std::decay_t<F>>(std::forward<F>(f));
        detail::push_call(core_, std::forward<F>(f));
    }
    template <class F>
    PEL_COLD void run_alone(F f) {
        detail::call_guarded([&] { core_.invoke(f); },
                             [&](std::exception_ptr error) { core_.capture(std::move(error)); });
    }
    detail::stoppable_group core_;
};

namespace detail {

struct task_group_access {
    static stoppable_group& core(task_group& group) noexcept { return group.core_; }
};

} // namespace detail
PEL_NAMESPACE_END
