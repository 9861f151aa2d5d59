// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's call_once, for tasks too: who waits for the call sleeps without its seat, and the call itself may fork and wait,
// in a pool of one thread as well. Any thread.
#pragma once

#include <pel/detail/core/lock_wait.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/sched/process.hpp>
#include <pel/detail/sync/once_word.hpp>

#include <functional>
#include <system_error>
#include <utility>

PEL_NAMESPACE_BEGIN

class once_flag;

namespace detail {

/// The calls under way on a thread's stack, innermost first: the same flag twice would wait for itself.
class open_once {
public:
    explicit open_once(const once_flag& flag) noexcept : flag_(flag), outer_(std::exchange(innermost_, this)) {}
    ~open_once() { innermost_ = outer_; }
    open_once(const open_once&) = delete;
    open_once& operator=(const open_once&) = delete;

    static bool has(const once_flag& flag) noexcept {
        const open_once* each = innermost_;
        while (each != nullptr && &each->flag_ != &flag) each = each->outer_;
        return each != nullptr;
    }

private:
    static inline constinit thread_local const open_once* innermost_ = nullptr;

    const once_flag& flag_;
    const open_once* const outer_;
};

} // namespace detail

/// Says whether a call has been made. Four bytes; neither copied nor moved.
class once_flag {
public:
    constexpr once_flag() noexcept = default;
    once_flag(const once_flag&) = delete;
    once_flag& operator=(const once_flag&) = delete;

private:
    template <class F, class... Arguments>
    friend void call_once(once_flag& flag, F&& f, Arguments&&... arguments);

    template <class Call>
    PEL_COLD void call_slow(Call&& call) {
        if (detail::open_once::has(*this)) {
            detail::throw_error<std::system_error>(
                std::make_error_code(std::errc::resource_deadlock_would_occur),
                "pel::call_once: called from inside the call that the flag waits for");
        }
        detail::prepare_for_forks();
        {
            detail::lock_wait wait;
            if (!word_.begin(wait)) return;
        }
        const detail::open_once open(*this);
        detail::call_unwinding(std::forward<Call>(call), [this] { word_.end(false); });
        word_.end(true);
    }

    detail::once_word word_;
};

/// Calls f(arguments…) unless a call for the same flag has returned. If another thread is making it, waits for that.
/// Throws: what f throws; the call counts as not made then, and one of those that wait makes the next. Also
/// std::system_error (resource_deadlock_would_occur) when f, on its own thread, comes here for the same flag again.
/// Blocks: while another thread makes the call, without its seat. What f waits for must not need the flag.
/// Thread safety: any thread or task; in a fork child a call that was under way in the parent is made anew. (If f
/// itself forks and goes on there, another thread that comes meanwhile makes it too, as by pthread_once().)
/// Cost: where the call has been made, one load.
template <class F, class... Arguments>
void call_once(once_flag& flag, F&& f, Arguments&&... arguments) {
    if (flag.word_.is_done()) [[likely]]
        return;
    flag.call_slow([&] { std::invoke(std::forward<F>(f), std::forward<Arguments>(arguments)...); });
}

PEL_NAMESPACE_END
