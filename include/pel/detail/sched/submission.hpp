// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Submitted jobs: an injector entry, the callable, its result, and two references: the future's and the pool's. Whoever
// unlinks the entry runs the job; a waiter tries that first, so it needs no other thread.
//   U1: release()'s acq_rel decrement -> the last one's: everything done with the state, before it is destroyed.
//   U2: the continuation's publication -> whoever finds it: the continuation is complete. finish()'s exchange -> a
//   chain() that comes too late: the result.
#pragma once

#include <pel/detail/sched/injected.hpp>

#include <exception>
#include <functional> // has std::addressof too; <memory> has <ostream> with it (g++ 12)
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
template <class T>
class future;

namespace detail {

/// What begins when a submission is done.
struct work_after {
    using beginning = void (*)(work_after& self) noexcept;
    explicit constexpr work_after(beginning begins) noexcept : begin(begins) {}
    const beginning begin;
};

/// The part that does not know the result.
class submission_core : public injected_job, public work_after {
public:
    submission_core(scheduler& pool, job_function function) noexcept
        : injected_job(pool, function), work_after(&begin_here) {}
    virtual void destroy() noexcept = 0;

    bool is_done() const noexcept { return state.is_done(); }

    /// `helps`: runs the job if nobody has begun it, and work inside it; else only if no other thread can (S4).
    void wait(bool helps = true);

    /// Requires: a reference is held.
    void retain() noexcept { references_.fetch_add(1, relaxed); } // the held one keeps it
    void release() noexcept {
        if (references_.fetch_sub(1, release_order) != 1) return; // sync(U1) release: done with it, to the last one
        (void)references_.load(acquire);                          // sync(U1) acquire: so are all others
        destroy();
    }

    /// `next` begins when this job is done, now if it is.
    void chain(work_after& next) noexcept {
        work_after* none = nullptr;
        // sync(U2) acq_rel: next is complete; a failure reads the result
        if (!next_.compare_exchange(none, &next, acq_rel)) next.begin(next);
    }

protected:
    ~submission_core() = default;

    /// What the job consists of beyond its first call, whose parts a waiter runs; null: nothing.
    virtual group_core* parts() noexcept { return nullptr; }

    /// The runner's last words: tells the waiter, starts the continuation, drops the pool's reference. Whoever sees that
    /// it is done finds the chain closed: a fork child that chains to it then must not wait for a thread of the parent.
    void finish(worker& runner) noexcept;
    /// The same of a job that has counted its runs itself.
    void finish_counted() noexcept;

private:
    /// Spins for some 2 us, 4 where a pause takes 140 cycles. Many jobs are over by then; to take seats and parts of such a
    /// job costs more than it has left.
    bool is_done_soon() const noexcept;
    void wait_alone(bool is_claimed);
    void begin_next(work_after& next) noexcept {
        if (next.begin == &begin_here)
            static_cast<submission_core&>(next).inject_after(*this);
        else
            next.begin(next);
    }
    static void begin_here(work_after& self) noexcept { static_cast<submission_core&>(self).inject(); }

    static constexpr memory_order release_order = detail::release; // the member function hides the name

    worker* waiter_ = nullptr; // written before the state says parked (D3)
    atomic<std::uint32_t> references_{2};
    atomic<work_after*> next_{nullptr}; // this: closed, the result is there
};

/// The part that knows the result.
template <class T>
class submission : public submission_core {
public:
    static_assert(!std::is_rvalue_reference_v<T>, "pel::future: a result is an object, an lvalue reference or void");
    using submission_core::submission_core;

    /// Requires: done, once. Throws: what the job threw.
    T take_result() {
        if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
        if constexpr (std::is_reference_v<T>)
            return *result_;
        else if constexpr (!std::is_void_v<T>)
            return std::move(*result_);
    }

protected:
    ~submission() = default;

    template <class F, class... Arguments>
    void fill(F& function, Arguments&&... arguments) {
        call_guarded(
            [&] {
                if constexpr (std::is_void_v<T>)
                    std::invoke(function, std::forward<Arguments>(arguments)...);
                else if constexpr (std::is_reference_v<T>)
                    result_ = std::addressof(std::invoke(function, std::forward<Arguments>(arguments)...));
                else
                    result_.emplace(std::invoke(function, std::forward<Arguments>(arguments)...));
            },
            [&](std::exception_ptr error) { error_ = std::move(error); });
    }

private:
    struct nothing {};
    template <class Result>
    struct room {
        using type = std::optional<std::remove_const_t<Result>>;
    };
    template <class Object>
    struct room<Object&> {
        using type = Object*;
    };
    std::conditional_t<std::is_void_v<T>, std::type_identity<nothing>, room<T>>::type result_{};
    std::exception_ptr error_;
};

/// The future's reference, released at the end of a scope.
template <class T>
class submission_holder {
public:
    explicit submission_holder(submission<T>& held) noexcept : held_(&held) {}
    submission_holder(submission_holder&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
    submission_holder& operator=(submission_holder&&) = delete;
    ~submission_holder() {
        if (held_ != nullptr) held_->release();
    }
    submission<T>& held() const noexcept { return *held_; }

private:
    submission<T>* held_;
};

/// The whole: with the callable. Made by make_submission, destroyed by the last reference.
template <class T, class F>
class submitted_call final : public submission<T> {
public:
    submitted_call(scheduler& pool, F&& function) : submission<T>(pool, &act), function_(std::move(function)) {}

    static submission<T>* make(scheduler& pool, F&& function) {
        return make_injected<submitted_call>(
            pool, [&](void* memory) { return ::new (memory) submitted_call(pool, std::move(function)); });
    }
    void destroy() noexcept override {
        this->~submitted_call();
        injected_memory<submitted_call>::release(this, &current_worker->frames);
    }

private:
    static void act(const job_slot& claimed, worker& runner, job_action) {
        auto& self = static_cast<submitted_call&>(*claimed.frame);
        {
            const adopted_fp_environment adopted(runner, self.fp_environment_);
            self.fill(*self.function_);
        }
        self.function_.reset(); // what it holds is gone before the waiter goes on
        self.finish(runner);
    }

    std::optional<F> function_;
};

struct submission_access;

template <class T>
future<T> make_future(submission<T>* state) noexcept;

/// future::then(): takes over a reference to `first`, also if it throws.
template <class T, class F>
auto continue_with(submission<T>& first, F&& function) {
    auto call = [before = submission_holder<T>(first),
                 function = std::forward<F>(function)]() mutable -> decltype(auto) {
        if constexpr (std::is_void_v<T>) {
            before.held().take_result();
            return std::invoke(function);
        } else {
            return std::invoke(function, before.held().take_result());
        }
    };
    using result = decltype(call());
    scheduler& pool = first.pool();
    submission<result>* next = submitted_call<result, decltype(call)>::make(pool, std::move(call));
    first.chain(*next);
    return make_future(next);
}

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/sched/foreign_calls.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE void submission_core::wait(bool helps) {
    if (is_done()) return;
    if (!pool_.is_from_this_process()) throw_lost_in_fork();
    const bool is_claimed = helps && try_claim();
    if (!is_claimed && is_done_soon()) return;
    foreign_call call(pool_);
    if (call.own() == nullptr) return wait_alone(is_claimed || try_claim());
    worker& own = *call.own();
    if (is_claimed) {
        own.counts.claims.add();
        pool_.run(own, entry_.single);
        if (is_done()) return; // else it is suspended
    }
    waiter_ = &own;
    const auto is_over = [&] { return is_done(); };
    const auto announce = [&] { return state.is_parked() || state.try_mark_parked(job_state::unfinished); };
    if (group_core* const inside = helps ? parts() : nullptr) return inside->help_until(own, is_over, announce);
    pool_.wait_until(own, is_over, [&] { return helps && pool_.leapfrog(own, *this); }, announce);
}

PEL_INLINE void submission_core::finish(worker& runner) noexcept {
    count_run(runner);
    finish_counted();
}

PEL_INLINE void submission_core::finish_counted() noexcept {
    scheduler& pool = pool_;
    const bool was_counted = is_counted_;
    work_after* const next = next_.exchange(this, acq_rel); // sync(U2) acq_rel: next is complete; the result
    if (state.finish()) waiter_->sleep.unpark();
    if (next != nullptr) begin_next(*next);
    release();
    if (was_counted) pool.submission_ends();
}

PEL_INLINE bool submission_core::is_done_soon() const noexcept {
    constexpr int pauses = 80;
    for (int pause = 0; pause < pauses && !is_done(); ++pause) cpu_relax();
    return is_done();
}

PEL_INLINE void submission_core::wait_alone(bool is_claimed) {
    if (is_claimed) entry_.single.function(entry_.single, no_worker, job_action::run);
    // It may wait for units of a resource, or be a coroutine that is suspended.
    wait_without_record([&] { return is_done(); }, [&] { return pool_.help_abandoned(); });
}

} // namespace detail
PEL_NAMESPACE_END
#endif
