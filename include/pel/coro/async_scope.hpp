// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// async_scope: any number of coroutines that begin at once, and are waited for together.
//   pel::async_scope connections;
//   while (auto peer = co_await listener.accept()) connections.spawn(serve(std::move(*peer)));
//   co_await connections.join();
#pragma once

#include <pel/cancellation.hpp>
#include <pel/detail/coro/awaitable.hpp>
#include <pel/detail/coro/resumption.hpp>
#include <pel/detail/sched/submission.hpp>

#include <stdexcept>
#include <stop_token>

PEL_NAMESPACE_BEGIN

/// Coroutines that are waited for together. Any thread may spawn into it, its own coroutines too; one joins.
/// Requires: it does not outlive the loop, task or coroutine that it was built in, if it was built in one.
class async_scope {
public:
    /// In the calling worker's pool; elsewhere in the default pool. Throws: what default_pool() throws.
    async_scope() : group_(detail::current_scheduler()) {}
    /// Its coroutines run in that pool, which outlives it.
    explicit async_scope(thread_pool& pool) : group_(detail::pool_access::core(pool)) {}
    async_scope(const async_scope&) = delete;
    async_scope& operator=(const async_scope&) = delete;
    /// Blocks until all have ended. An exception that no join() has thrown ends the program, unless one is being handled
    /// already.
    ~async_scope() {
        if (!group_.pool().is_from_this_process()) return; // a fork child: what is left is the parent's
        if (!is_idle()) wait();
        if (group_.reset() != nullptr && std::uncaught_exceptions() == 0) std::terminate();
    }

    /// Begins the coroutine on a thread of the pool, or drops it if the scope is cancelled before that. What it returns is
    /// dropped; the first exception cancels the scope and goes to join(). Throws: std::logic_error unless valid().
    /// Thread safety: any thread.
    template <class T>
    void spawn(task<T> coroutine) {
        detail::checked_task(detail::coroutine_access::handle(coroutine));
        if (group_.is_cancelled()) return has_dropped_.store(true, detail::relaxed); // read after the join
        detail::coroutine_job& root = detail::coroutine_access::release(coroutine).promise();
        root.home = &group_;
        root.is_awaited_at(end_, false);
        under_way_.fetch_add(1, detail::relaxed); // before it can end
        root.begin_in_group();
    }
    /// The same for what f() returns, a pel::task: f is called when it begins, and stays until the coroutine is over, so
    /// that it may use what f has captured: `scope.spawn([n]() -> pel::task<> { co_await serve(n); })`.
    template <class F>
        requires detail::coroutine_function<std::decay_t<F>&>
    void spawn(F&& f) {
        spawn(detail::call_as_task<std::decay_t<F>>(std::forward<F>(f)));
    }
    /// The same for anything else that can be awaited and moved: `event.async_wait()`, not the event.
    template <class T>
        requires(detail::is_other_awaitable<T> && !detail::coroutine_function<T&>)
    void spawn(T awaited) {
        spawn(detail::as_task(awaited));
    }
    /// Chosen where no other form fits: says why, in one line.
    template <detail::no_awaitable T>
        requires(!detail::coroutine_function<T&>)
    void spawn(const T&) {
        static_assert(detail::is_task<T>,
                      "pel::async_scope::spawn: takes a pel::task, a function f() that returns one, or "
                      "something else that can be awaited and moved; not an event, but its "
                      "async_wait()");
    }

    /// Awaited: goes on when all that were spawned have ended, then the scope can be used again. Throws: the first
    /// exception of one of them; operation_cancelled if some were dropped or cut short because what is around was
    /// cancelled; std::logic_error when one of its own coroutines joins, or while another join is under way. Requires:
    /// only the scope's own coroutines spawn meanwhile. Cost: a coroutine's frame, and the lock of a list.
    template <class Result = void> // else each file that includes this compiles it
    task<Result> join() {
        co_await join_awaiter(*this);
        under_way_.store(1, detail::relaxed); // alone with it
        group_.lead_nowhere();
        group_.reset_stop();
        const bool is_cut_short = has_dropped_.exchange(false, detail::relaxed);
        const bool was_meant = has_ended_itself_.exchange(false, detail::relaxed);
        std::exception_ptr error = group_.reset();
        is_joined_.store(false, detail::release); // sync(CO3) release: the scope as new, to the next join; last access
        if (error != nullptr) std::rethrow_exception(std::move(error));
        if (is_cut_short && !was_meant) detail::throw_error<operation_cancelled>();
    }

    /// The tokens of its coroutines stop, those that have not begun are dropped, and spawn() drops until join() is over.
    /// Thread safety: any thread, its own coroutines too. Callbacks of its tokens run in this call.
    void cancel() {
        has_ended_itself_.store(true, detail::relaxed); // read after the join
        group_.cancel();
    }
    /// Returns: whether it, or what is around it, is cancelled. Thread safety: any thread. Cost: two loads as a rule.
    bool is_cancelled() const noexcept { return group_.is_cancelled(); }
    /// Stops when the scope, or what it is in, is cancelled. Throws: std::bad_alloc.
    std::stop_token get_stop_token() { return group_.token(); }

private:
    /// The end of each of them.
    struct end_of_one : detail::join_point {
        explicit end_of_one(async_scope& in) noexcept : join_point(&ended), owner(in) {}
        static std::coroutine_handle<> ended(join_point& here, detail::coroutine_job& child) noexcept {
            async_scope& owner = static_cast<end_of_one&>(here).owner;
            auto& promise = static_cast<detail::task_promise_base&>(child);
            if (!child.self().done()) owner.has_dropped_.store(true, detail::relaxed); // read after the join
            if (promise.error() != nullptr) owner.capture(promise.error());
            child.self().destroy();
            owner.one_ended();
            return std::noop_coroutine();
        }
        async_scope& owner;
    };

    class join_awaiter : private detail::work_after {
    public:
        using resumes_in_its_pool = void;

        explicit join_awaiter(async_scope& owner) noexcept : work_after(&go_on), owner_(owner) {}
        static bool await_ready() noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> joining) {
            owner_.begin_join(joining.promise().group());
            resume_ = detail::resumption(joining);
            owner_.begin_after_all(*this);
        }
        static void await_resume() noexcept {}

    private:
        static void go_on(work_after& self) noexcept { static_cast<join_awaiter&>(self).resume_(); }

        async_scope& owner_;
        detail::resumption resume_;
    };

    /// A thread that waits.
    struct blocked_join : detail::work_after {
        explicit blocked_join(detail::worker* sleeper) noexcept : work_after(&go_on), waiter(sleeper) {}
        static void go_on(work_after& self) noexcept {
            auto& join = static_cast<blocked_join&>(self);
            detail::worker* const waiter = join.waiter; // the object may be gone after the next line
            if (join.state.finish()) waiter->sleep.unpark();
        }
        detail::worker* const waiter;
        detail::completion state;
    };
    PEL_COLD void wait() {
        using detail::job_state;
        const detail::foreign_call call(group_.pool());
        blocked_join last(call.own());
        begin_after_all(last);
        if (call.own() == nullptr) return group_.help_alone([&] { return last.state.is_done(); });
        group_.help_until(
            *call.own(), [&] { return last.state.is_done(); },
            [&] { return last.state.is_parked() || last.state.try_mark_parked(job_state::unfinished); });
    }

    void capture(const std::exception_ptr& error) noexcept {
        if (detail::is_cancellation(error)) has_dropped_.store(true, detail::relaxed); // read after the join
        group_.capture(error);
    }
    /// `joining`: what who joins is part of.
    void begin_join(detail::coroutine_group& joining) {
        for (const detail::scope* each = &joining; each != nullptr; each = each->parent()) {
            if (each == &group_)
                detail::throw_error<std::logic_error>("pel::async_scope::join: called by a coroutine of this scope");
        }
        if (is_joined_.exchange(true, detail::acquire)) // sync(CO3) acquire: all that the join before has done
            detail::throw_error<std::logic_error>("pel::async_scope::join: another join is under way");
        group_.lead_into(joining);
    }
    bool is_idle() const noexcept {
        return under_way_.load(detail::acquire) == 1; // sync(CO2) acquire: done with the scope
    }
    /// Takes the count away that is nobody's.
    void begin_after_all(detail::work_after& next) noexcept {
        next_ = &next;
        one_ended();
    }
    void one_ended() noexcept {
        // sync(CO2) acq_rel: what it did, to who joins; the last one: what all others did
        if (under_way_.fetch_sub(1, detail::acq_rel) == 1) next_->begin(*next_);
    }

    detail::coroutine_group group_;
    end_of_one end_{*this};
    detail::atomic<std::size_t> under_way_{1}; // and the one that join() takes away
    detail::work_after* next_ = nullptr;       // who joins
    detail::atomic<bool> has_dropped_{false}, has_ended_itself_{false}, is_joined_{false};
};

PEL_NAMESPACE_END
