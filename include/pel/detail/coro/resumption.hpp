// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a suspended coroutine goes on, whatever it is: a pel::task as a job of the pool where it was suspended, any other
// here and now.
//   who suspends it: the constructor; then any one thread, once: operator().
#pragma once

#include <pel/detail/coro/coroutine_job.hpp>
#include <pel/detail/sched/injected.hpp>

#include <concepts>
#include <coroutine>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A coroutine on its way to another pool than its group's.
class crossing_coroutine final : public injected_job {
public:
    crossing_coroutine(scheduler& pool, coroutine_job& coroutine) noexcept
        : injected_job(pool, &act), coroutine_(coroutine) {}

private:
    static void act(const job_slot& claimed, worker& runner, job_action) {
        auto& self = static_cast<crossing_coroutine&>(*claimed.frame);
        coroutine_job& coroutine = self.coroutine_;
        scheduler& pool = self.pool_;
        const bool was_counted = self.is_counted_;
        self.count_run(runner);
        self.~crossing_coroutine();
        frame_pool::release(&self, sizeof(crossing_coroutine), &runner.frames);
        coroutine.run_on(runner);
        if (was_counted) pool.submission_ends();
    }

    coroutine_job& coroutine_;
};

class resumption {
public:
    resumption() noexcept = default;
    template <class Promise>
    explicit resumption(std::coroutine_handle<Promise> suspended) noexcept {
        if constexpr (std::derived_from<Promise, coroutine_job>)
            *this = resumption(suspended.promise(), current_worker->pool);
        else
            other = suspended.address();
    }
    /// Goes on in `pool`; null: in its group's.
    resumption(coroutine_job& suspended, scheduler* pool) noexcept : job_(&suspended), where(pool) {}

    /// The coroutine goes on; it may be over, and its frame gone, before that returns.
    void operator()() const noexcept {
        if (job_ == nullptr) return std::coroutine_handle<>::from_address(other).resume();
        if (where == nullptr || where == &job_->group().pool()) return job_->resume_later();
        cross(*job_, *where);
    }

private:
    /// Without memory for it, it goes on in its group's pool.
    PEL_NOINLINE static void cross(coroutine_job& suspended, scheduler& pool) noexcept {
        crossing_coroutine* crossing = nullptr;
        const auto make = [&] {
            crossing = make_injected<crossing_coroutine>(
                pool, [&](void* memory) noexcept { return ::new (memory) crossing_coroutine(pool, suspended); });
        };
        if (!call_guarded(make, [](const std::exception_ptr&) noexcept {})) return suspended.resume_later();
        crossing->inject();
    }

    coroutine_job* job_ = nullptr; // of a pel::task
    union {
        scheduler* where = nullptr;
        void* other; // coroutine
    };
};

} // namespace detail
PEL_NAMESPACE_END
