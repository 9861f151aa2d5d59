// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fork and the join that everything else is built on: push one callable, call the other, then call the first unless
// it was stolen. The hot path is try_push() and try_take_private(); all else is out of line.
#pragma once

#include <pel/detail/memory/manual_lifetime.hpp>
#include <pel/detail/sched/callable.hpp>
#include <pel/detail/sched/foreign.hpp>
#include <pel/detail/sched/operation_cancelled.hpp>
#include <pel/detail/sched/site.hpp>

#include <exception>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A leapfrogger hands on a stolen job that it must not run. `room` is in the job.
inline void give_back_stolen(const job_slot& claimed, manual_lifetime<injector_entry>& room, worker& by) noexcept {
    worker& forker = *claimed.forker; // the frame may be gone after the push
    injector_entry& entry = room.emplace();
    entry.single = claimed;
    const auto publish = [&]() noexcept { return claimed.frame->state.give_back(); };
    // It can be claimed only after the state says so: both happen under its injector's lock.
    if (by.pool->shared().push_and(entry, by.near_injector, publish)) forker.sleep.unpark();
}

/// The end of a job that another thread than its forker has run. Asks the forker for more before it can go on: a fork
/// that it makes at once would else stay private, and the leaf after it may be long (benchmark coarse_items).
inline void finish_stolen_job(const job_slot& claimed) noexcept {
    worker& forker = *claimed.forker; // the frame may be gone after finish()
    forker.deque.request();
    if (claimed.frame->state.finish()) forker.sleep.unpark();
}

/// What only a thief or leapfrogger uses of a fork; unwritten until then.
struct stolen_part {
    bool has_error; // written by the thief, published by D3
    manual_lifetime<std::exception_ptr> error;
    manual_lifetime<injector_entry> entry;
};

/// A fork, on the forker's stack: all that does not depend on what it calls, so that it is compiled once. The position
/// lies here so that fork_join() needs no register for it that the callables would save: most calls fork nothing.
class forked_job : private stolen_part, public job {
public:
    forked_job(const forked_job&) = delete;
    forked_job& operator=(const forked_job&) = delete;

    /// Owner: the fork pushed there, which nobody has joined yet.
    static forked_job& at(const worker& own, std::uint32_t position) noexcept {
        return static_cast<forked_job&>(*own.deque.pushed_at(position));
    }

    const std::uint32_t position; // in its forker's deque
    injector_entry& entry() noexcept { return stolen_part::entry.get(); }
    // After it ran on another thread:
    bool has_error() const noexcept { return stolen_part::has_error; }
    void rethrow_stolen() { std::rethrow_exception(error.take()); }
    void drop_error() noexcept { error.end(); }

protected:
    forked_job(scope* inside, std::uint32_t place) noexcept : job(inside), position(place) {}
    ~forked_job() = default;

    /// A job_function but for what call(*this) does.
    static void act(const job_slot& claimed, worker& runner, job_action action, void (*call)(forked_job&)) {
        auto& self = static_cast<forked_job&>(*claimed.frame);
        if (action == job_action::give_back) return give_back_stolen(claimed, self.stolen_part::entry, runner);
        worker& forker = *claimed.forker;
        self.stolen_part::has_error =
            !call_guarded([&] { call(self); },
                          [&](std::exception_ptr thrown) {
                              self.error.emplace(std::move(thrown));
                              forker.floor.lower(claimed.position); // what the sibling has under way
                          });
        finish_stolen_job(claimed);
    }
};

template <class G>
class forked_call : public forked_job {
public:
    forked_call(scope* inside, std::uint32_t place, held_callable<G>& callable) noexcept
        : forked_job(inside, place), callable_(callable) {}

    held_callable<G>& callable() noexcept { return callable_; }

    static void act(const job_slot& claimed, worker& runner, job_action action) {
        forked_job::act(claimed, runner, action, [](forked_job& self) { static_cast<forked_call&>(self).callable_(); });
    }

private:
    held_callable<G> callable_;
};

/// Joins a fork whose sibling threw: drops it if nobody has begun it, else waits for it. Throws: the exception of the
/// fork, if the sibling's was only the echo of it.
PEL_COLD inline void join_unwinding(worker& own, std::uint32_t position) {
    if (own.deque.try_take_private(position)) return;
    forked_job& child = forked_job::at(own, position);
    own.floor.lower(position); // what the thief has under way
    bool is_mine = false;
    call_unwinding([&] { is_mine = own.pool->join_slow(own, position, child, child.entry()); },
                   [&] { own.floor.raise(position); });
    own.floor.raise(position);
    if (is_mine || !child.has_error()) return;
    if (is_cancellation(std::current_exception())) child.rethrow_stolen();
    child.drop_error();
}

/// The end of a join whose job was run by its thief. Throws: what it threw.
PEL_COLD inline void finish_stolen(worker& own, std::uint32_t position, forked_job& child) {
    if (!child.has_error()) return;
    own.floor.raise(position);
    child.rethrow_stolen();
}

/// A join that found its job public. True: the callable is the caller's to run. Throws: what it threw elsewhere.
PEL_NOINLINE inline bool join_or_finish(worker& own, std::uint32_t position) {
    forked_job& child = forked_job::at(own, position); // not from the caller: it would keep the address for this path
    if (own.pool->join_slow(own, position, child, child.entry())) return true;
    finish_stolen(own, position, child);
    return false;
}

/// A callable of any type, a function too, which takes nothing.
class callable_ref {
public:
    template <class F>
    explicit callable_ref(F& callable) noexcept : callable_(of(callable)) {
        call_ = [](pointer to) {
            if constexpr (std::is_function_v<F>)
                reinterpret_cast<F*>(to.function)();
            else
                (*static_cast<F*>(const_cast<void*>(to.object)))();
        };
    }

    void operator()() const { call_(callable_); }

private:
    union pointer {
        const void* object;
        void (*function)();
    };
    template <class F>
    static pointer of(F& callable) noexcept {
        if constexpr (std::is_function_v<F>)
            return {.function = reinterpret_cast<void (*)()>(&callable)};
        else
            return {.object = &callable};
    }

    pointer callable_;
    void (*call_)(pointer);
};

/// The calls of such two from outside the pool.
template <class F, class G>
inline constinit site_memory site_of_calls;

/// Calls f and g where that is no fork: this is no member, or its deque is full (parallel_invoke.hpp).
void call_both(worker& own, callable_ref f, callable_ref g, site_memory& site);

/// A fork that cannot be pushed just so: somebody asked for work, the deque is full, or this is no member. `f` is a copy
/// where one will do, so that it lies in memory in this path only. False: both callables have been called.
template <class F, class G>
PEL_NOINLINE bool push_or_call(worker& own, forked_call<G>& child, held_callable<F> f) {
    if (own.is_member() && own.pool->push_slow(own, child.position, &forked_call<G>::act, &child)) return true;
    call_both(own, callable_ref(f), callable_ref(child.callable()), site_of_calls<F, G>);
    return false;
}

/// Calls f and g, possibly at the same time. Requires: the callables take nothing; results are ignored.
template <class F, class G>
PEL_ALWAYS_INLINE void fork_join(F& callable_f, G& callable_g) {
    held_callable<F> f = callable_f;
    held_callable<G> g = callable_g;
    worker& own = *current_worker;
    forked_call<G> child(own.innermost, own.deque.bottom(), g);
    if (!own.deque.try_push(child.position, &forked_call<G>::act, &child) && !push_or_call<F>(own, child, f))
        [[unlikely]]
        return;
    call_unwinding([&] { f(); }, [&] { join_unwinding(own, child.position); });
    const std::uint32_t position = child.position;
    if (!own.deque.try_take_private(position) && !join_or_finish(own, position)) [[unlikely]]
        return;
    g();
}

} // namespace detail
PEL_NAMESPACE_END
