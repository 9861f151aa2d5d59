// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's mutexes, for threads, tasks and coroutines. In a task a blocked lock() frees the seat: the holder can always
// wait for other tasks, whatever the concurrency. Running threads may overtake waiting ones, but no waiter is woken in
// vain more than a few times: then the lock is handed over. unlock() does not touch the mutex once somebody else can
// know that it has unlocked.
#pragma once

#include <pel/detail/core/lockable.hpp>

PEL_NAMESPACE_BEGIN

/// std::mutex, and more. Any thread: all; unlock(): for the holder. Can be constant-initialised; Size: 16 bytes.
///   void lock();                            Blocks: until the lock is held. Requires: the caller does not hold it.
///   bool lock(const std::stop_token&);      As lock(), but ends when a stop is requested. Returns: whether it is held.
///   bool try_lock();                        Returns: whether the lock is held now. Never fails spuriously.
///   void unlock();                          Requires: it is held, by whatever thread: coroutines move.
///   async_lock();                           co_await suspends until the lock is held. Result: a std::unique_lock<mutex>.
///   async_lock(std::stop_token);            As async_lock(); the result does not own the lock if it was not free and a
///                                           stop was requested before it was got.
/// Awaited in any coroutine, of a pool or of none, that is not destroyed before it was resumed. None of them throws.
/// Cost: where it is free, lock() and unlock() are an atomic RMW each. Source of the hand-over: as in WebKit's WTF::Lock
/// and Go's sync.Mutex.
class mutex : public detail::lockable<mutex> {};

/// A mutex with deadlines, which has besides:
///   bool try_lock_for(length);              Blocks: for `length` at most. Returns: whether the lock is held.
///   bool try_lock_until(end);               Blocks: until `end` at most, by its own clock. Returns: likewise.
class timed_mutex : public detail::timed_lockable<timed_mutex> {};

/// A mutex that the thread that holds it may lock again. A task stays on its thread as long as it runs; coroutines do
/// not, so there is nothing to co_await here. Requires: who holds it does not wait for other tasks in a pool that has used
/// up max_threads: its thread may be given one then that locks it, too. None of its members throws. Size: 32 bytes.
///   void lock();                            Blocks: while another thread holds the lock.
///   bool lock(const std::stop_token&);      As lock(), but ends when a stop is requested. Returns: whether it is held.
///   bool try_lock();                        Returns: whether the calling thread holds it now, once more if it did.
///   void unlock();                          Requires: the calling thread holds it. As often as it was locked.
class recursive_mutex : public detail::recursively_lockable<recursive_mutex> {};

/// A recursive_mutex with deadlines.
class recursive_timed_mutex : public detail::recursively_lockable<recursive_timed_mutex> {
public:
    /// Blocks: for `length` at most. Returns: whether the calling thread holds the lock.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return try_within(detail::limit_of(length));
    }
    /// Blocks: until `end` at most, by its own clock. Returns: likewise.
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
