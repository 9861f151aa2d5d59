// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a suspended coroutine goes on, whatever it is: a pel::task as a job of the pool where it was suspended, any other
// here and now. It lives in what is awaited, so in the coroutine's frame, and is gone when that goes on.
//   who suspends it: the constructor; then any one thread, once: operator().
#pragma once

#include <pel/detail/coro/coroutine_job.hpp>
#include <pel/detail/memory/manual_lifetime.hpp>
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
        coroutine_job& coroutine = self.coroutine_; // in whose frame this job lies
        scheduler& pool = self.pool_;
        const bool was_counted = self.is_counted_;
        self.count_run(runner);
        coroutine.run_on(runner);
        if (was_counted) pool.submission_ends();
    }

    coroutine_job& coroutine_;
};

class resumption {
public:
    template <class Promise>
    explicit resumption(std::coroutine_handle<Promise> suspended) noexcept {
        if constexpr (std::derived_from<Promise, coroutine_job>)
            remember(suspended.promise(), current_worker->pool);
        else
            coroutine_ = suspended;
    }
    /// Goes on in `pool`.
    resumption(coroutine_job& suspended, scheduler& pool) noexcept { remember(suspended, &pool); }
    resumption(const resumption&) = delete;
    resumption& operator=(const resumption&) = delete;

    /// The coroutine goes on; it may be over, and this gone, before that returns.
    void operator()() noexcept {
        if (is_crossing_) return crossing_.get().inject();
        if (job_ != nullptr) return job_->resume_later();
        coroutine_.resume();
    }

private:
    void remember(coroutine_job& suspended, scheduler* pool) noexcept {
        job_ = &suspended;
        is_crossing_ = pool != nullptr && pool != &suspended.group().pool();
        if (is_crossing_) crossing_.emplace(*pool, suspended);
    }

    coroutine_job* job_ = nullptr;
    std::coroutine_handle<> coroutine_;
    bool is_crossing_ = false;
    manual_lifetime<crossing_coroutine> crossing_;
};

} // namespace detail
PEL_NAMESPACE_END
