// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a coroutine goes on, and what it is part of: yield(), resume_on(), get_stop_token().
#pragma once

#include <pel/coro/task.hpp>

#include <stop_token>

PEL_NAMESPACE_BEGIN
namespace detail {

class move_awaiter : public job_awaiter<move_awaiter> {
public:
    /// `only_if_elsewhere`: a thread of the pool just goes on.
    move_awaiter(scheduler& pool, bool only_if_elsewhere) noexcept
        : pool_(&pool), only_if_elsewhere_(only_if_elsewhere) {}

    bool await_ready() const noexcept { return only_if_elsewhere_ && current_worker->pool == pool_; }
    void suspend(job_handle self) const noexcept { self.promise().resume_later(pool_); }
    static void await_resume() noexcept {}

private:
    scheduler* pool_;
    bool only_if_elsewhere_;
};

struct yield_awaiter : job_awaiter<yield_awaiter> {
    static bool await_ready() noexcept { return false; }
    static void suspend(job_handle self) noexcept { self.promise().resume_later(coroutine_job::place()); }
    static void await_resume() noexcept {}
};

class stop_token_awaiter : public job_awaiter<stop_token_awaiter> {
public:
    static bool await_ready() noexcept { return false; }
    bool suspend(job_handle asking) {
        token_ = asking.promise().group().token();
        return false;
    }
    std::stop_token await_resume() noexcept { return std::move(token_); }

private:
    std::stop_token token_;
};

} // namespace detail

/// Awaited: others that are ready run first. Thread safety: any thread.
inline auto yield() noexcept { return detail::yield_awaiter(); }

/// Awaited: the coroutine goes on in that pool, at once on a thread of it. It stays when it waits for something, but goes on
/// where a pel::task ends that it awaits, which is in another pool if that has left for one. Requires: the pool outlives
/// the coroutine's stay. Throws: nothing; without memory for the way it goes on in the pool of what it is part of.
inline auto resume_on(thread_pool& pool) { return detail::move_awaiter(detail::pool_access::core(pool), true); }

/// Awaited: a token that stops when what the coroutine is part of is cancelled: its async_scope, or a when_any() that has
/// a winner, or what is around these. Throws: std::bad_alloc.
inline auto get_stop_token() noexcept { return detail::stop_token_awaiter(); }

inline auto thread_pool::schedule() { return detail::move_awaiter(core(), false); }

PEL_NAMESPACE_END
