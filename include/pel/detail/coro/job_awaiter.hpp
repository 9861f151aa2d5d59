// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Base of the awaiters that need a coroutine which is a job: they say so in any other.
#pragma once

#include <pel/detail/coro/coroutine_job.hpp>

#include <concepts>
#include <coroutine>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

using job_handle = std::coroutine_handle<coroutine_job>;

/// `Self` has suspend(job_handle) in place of await_suspend().
template <class Self>
class job_awaiter {
public:
    using resumes_in_its_pool = void;

    template <class Promise>
    PEL_ALWAYS_INLINE auto await_suspend(std::coroutine_handle<Promise> awaiting) noexcept(
        noexcept(std::declval<Self&>().suspend(job_handle()))) {
        constexpr bool is_job = std::derived_from<Promise, coroutine_job>;
        static_assert(is_job,
                      "pel::task: only a coroutine that returns a pel::task can await one, or yield(), when_all() "
                      "and the like; elsewhere use pel::sync_wait() or thread_pool::submit()");
        if constexpr (is_job) return static_cast<Self&>(*this).suspend(job_handle::from_address(awaiting.address()));
    }
};

} // namespace detail
PEL_NAMESPACE_END
