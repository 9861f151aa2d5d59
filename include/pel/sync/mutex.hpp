// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's mutexes, for threads, tasks and coroutines. In a task a blocked lock() frees the seat: the holder can always
// wait for other tasks, whatever the concurrency. Running threads may overtake waiting ones, but no waiter is woken in
// vain more than a few times: then the lock is handed over. unlock() does not touch the mutex once somebody else can
// know that it has unlocked.
#pragma once

#include <pel/detail/core/lockable.hpp>

PEL_NAMESPACE_BEGIN

/// Source of the hand-over: as in WebKit's WTF::Lock and Go's sync.Mutex. Size: 16 bytes.
class mutex : public detail::lockable<mutex> {};

/// A mutex with deadlines.
class timed_mutex : public detail::timed_lockable<timed_mutex> {};

/// A mutex that the thread that holds it may lock again. A task stays on its thread as long as it runs; coroutines do
/// not, so there is nothing to co_await here. Requires: who holds it does not wait for other tasks in a pool that has used
/// up max_threads: its thread may be given one then that locks it, too.
class recursive_mutex : public detail::recursively_lockable<recursive_mutex> {};

/// A recursive_mutex with deadlines.
class recursive_timed_mutex : public detail::recursively_lockable<recursive_timed_mutex> {
public:
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return try_within(detail::limit_of(length));
    }
    template <class Clock, class Duration>
    [[nodiscard]] bool try_lock_until(const std::chrono::time_point<Clock, Duration>& end) noexcept {
        return try_within(detail::limit_of(end));
    }

private:
    template <class Limit>
    bool try_within(const Limit& limit) noexcept {
        return lock_.enter([&](detail::exclusive_lock& inner) noexcept { return inner.lock_within(limit); });
    }
};

PEL_NAMESPACE_END
