// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fork and the join that everything else is built on: push one callable, call the other, then call the first unless
// it was stolen. The hot path is try_push() and try_take_private(); all else is out of line.
#pragma once

#include <pel/detail/sched/foreign.hpp>

#include <exception>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A forked callable, on the forker's stack. What only a thief or leapfrogger uses stays unwritten until then.
template <class G>
class forked_call : public job {
public:
    forked_call(scope* inside, G& callable) noexcept : job(inside), callable_(callable) {}
    ~forked_call() {}
    forked_call(const forked_call&) = delete;
    forked_call& operator=(const forked_call&) = delete;

    injector_entry& entry() noexcept { return entry_; }
    /// After it ran on another thread. Throws: what it threw.
    void rethrow_stolen() {
        if (!has_error_) return;
        std::exception_ptr error = std::move(error_);
        error_.~exception_ptr();
        std::rethrow_exception(std::move(error));
    }
    /// As rethrow_stolen(), and drops it.
    void drop_error() noexcept {
        if (has_error_) error_.~exception_ptr();
    }

    static void act(job& task, worker& runner, worker* forker, job_action action) {
        auto& self = static_cast<forked_call&>(task);
        if (action == job_action::give_back) return self.give_back(runner, *forker);
        bool failed = false;
        call_guarded([&] { self.callable_(); },
                     [&](std::exception_ptr error) {
                         failed = true;
                         ::new (&self.error_) std::exception_ptr(std::move(error));
                     });
        self.has_error_ = failed;
        if (self.state.finish()) forker->sleep.unpark();
    }

private:
    void give_back(worker& by, worker& forker) noexcept {
        ::new (&entry_) injector_entry();
        entry_.single = {&act, this, &forker};
        by.counts.injected.add();
        // The entry can be claimed only after the state says so: both under the injector's lock.
        const bool is_parked = by.pool->shared().push_and(entry_, [this]() noexcept { return state.give_back(); });
        if (is_parked) forker.sleep.unpark();
    }

    G& callable_;
    bool has_error_; // written by the thief, published by D3
    union {
        std::exception_ptr error_;
    };
    union {
        injector_entry entry_;
    };
};

/// Joins a fork whose sibling threw: drops it if nobody has begun it, else waits for it.
template <class G>
PEL_COLD void join_unwinding(worker& own, std::uint32_t position, forked_call<G>& child) {
    if (own.deque.try_take_private(position)) return;
    if (!own.pool->join_slow(own, position, child, child.entry())) child.drop_error();
}

template <class F, class G>
PEL_NOINLINE void fork_join_outside(F& f, G& g);

/// Calls f and g, possibly at the same time. Requires: the callables take nothing; results are ignored.
template <class F, class G>
PEL_ALWAYS_INLINE void fork_join(F& f, G& g) {
    worker& own = *current_worker;
    const std::uint32_t position = own.deque.bottom();
    forked_call<G> child(own.innermost, g);
    if (!own.deque.try_push(position, &forked_call<G>::act, &child)) [[unlikely]] {
        if (!own.is_member()) return fork_join_outside(f, g);
        if (!own.pool->push_slow(own, position, &forked_call<G>::act, &child)) {
            f();
            g();
            return;
        }
    }
    call_unwinding([&] { f(); }, [&] { join_unwinding(own, position, child); });
    if (own.deque.try_take_private(position)) [[likely]] {
        g();
    } else if (own.pool->join_slow(own, position, child, child.entry())) {
        g();
    } else {
        child.rethrow_stolen();
    }
}

} // namespace detail
PEL_NAMESPACE_END
