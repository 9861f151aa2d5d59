// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A coroutine on its way to another pool than its group's.
#pragma once

#include <pel/detail/coro/coroutine_job.hpp>
#include <pel/detail/sched/injected.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

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
        injected_memory<crossing_coroutine>::release(&self, &runner.frames);
        coroutine.run_on(runner);
        if (was_counted) pool.submission_ends();
    }

    coroutine_job& coroutine_;
};

/// Without memory for a crossing, it goes on in its group's pool.
inline void coroutine_job::resume_later(void* place) noexcept {
    auto* const pool = static_cast<scheduler*>(place);
    if (pool == nullptr || pool == &group().pool()) return resume_later();
    crossing_coroutine* crossing = nullptr;
    const auto make = [&] {
        crossing = make_injected<crossing_coroutine>(
            *pool, [&](void* memory) noexcept { return ::new (memory) crossing_coroutine(*pool, *this); });
    };
    if (!call_guarded(make, [](const std::exception_ptr&) noexcept {})) return resume_later();
    crossing->inject();
}

} // namespace detail
PEL_NAMESPACE_END
