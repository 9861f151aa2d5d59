// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A condition variable for threads, tasks and coroutines, as std::condition_variable_any: threads wait with any lock,
// coroutines with a mutex that can be handed to them. In a task a blocked wait() frees the seat. It may be destroyed as soon
// as all who wait were notified.
#pragma once

#include <pel/detail/core/condition_wait.hpp>
#include <pel/sync/mutex.hpp>

#include <condition_variable>

PEL_NAMESPACE_BEGIN

/// Any thread: all. Size: 16 bytes. Waits end when notified, by the deadline, or for no reason.
/// Requires, as std: when it is destroyed, be it at the process' end, all who wait were notified, coroutines, too, or are
/// being stopped: the destructor awaits who was not. A fork child that has not used it does not await those of its parent.
class condition_variable {
public:
    constexpr condition_variable() noexcept = default;
    condition_variable(const condition_variable&) = delete;
    condition_variable& operator=(const condition_variable&) = delete;

    /// Lets the first who waits go on. Cost: one load where nobody waits.
    void notify_one() noexcept { core_.notify_one(); }
    /// Lets all go on who wait now. Cost: as notify_one().
    void notify_all() noexcept { core_.notify_all(); }

    /// Unlocks, and locks again before it returns. Requires: lock is held. Blocks: until notified. Throws: what
    /// lock.unlock() throws; what lock.lock() throws ends the program, as in std.
    template <class Lock>
    void wait(Lock& lock) {
        detail::thread_waiter self;
        wait_once(lock, self, detail::no_limit());
    }
    /// Waits until is_true() is found with the lock held. Throws: what it throws, with the lock held, too.
    template <class Lock, class Predicate>
    void wait(Lock& lock, Predicate is_true) {
        while (!is_true()) wait(lock);
    }
    /// Blocks: until notified, by the deadline at the latest. Returns: which of the two.
    template <class Lock, class Clock, class Duration>
    std::cv_status wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& end) {
        return wait_within(lock, detail::limit_of(end));
    }
    /// The same, for `length` at most.
    template <class Lock, class Rep, class Period>
    std::cv_status wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& length) {
        return wait_within(lock, detail::limit_of(length));
    }
    /// Returns: what is_true() says at the end.
    template <class Lock, class Clock, class Duration, class Predicate>
    bool wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& end, Predicate is_true) {
        return wait_within(lock, detail::limit_of(end), is_true);
    }
    template <class Lock, class Rep, class Period, class Predicate>
    bool wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& length, Predicate is_true) {
        return wait_within(lock, detail::limit_of(length), is_true);
    }

    /// As above; also ends when a stop is requested. Returns: what is_true() says at the end.
    template <class Lock, class Predicate>
    bool wait(Lock& lock, const std::stop_token& stop, Predicate is_true) {
        return wait_stoppable(lock, stop, detail::no_limit(), is_true);
    }
    template <class Lock, class Clock, class Duration, class Predicate>
    bool wait_until(Lock& lock, const std::stop_token& stop, const std::chrono::time_point<Clock, Duration>& end,
                    Predicate is_true) {
        return wait_stoppable(lock, stop, detail::limit_of(end), is_true);
    }
    template <class Lock, class Rep, class Period, class Predicate>
    bool wait_for(Lock& lock, const std::stop_token& stop, const std::chrono::duration<Rep, Period>& length,
                  Predicate is_true) {
        return wait_stoppable(lock, stop, detail::limit_of(length), is_true);
    }

    /// `co_await condition.async_wait(lock, is_true);` suspends until is_true() is found with the lock held. It is asked
    /// on the threads that notify, request a stop, or unlock the mutex: brief, please. Requires: lock is held, and stays
    /// where it is; it is of a pel::mutex or pel::timed_mutex; the coroutine is not destroyed before it was resumed. In
    /// any coroutine, of a pool or of none. Throws: what is_true() throws, with the lock held.
    template <class Mutex, class Predicate>
    detail::condition_wait<Mutex, Predicate> async_wait(std::unique_lock<Mutex>& lock, Predicate is_true) noexcept {
        return {core_, lock, std::move(is_true)};
    }
    /// Suspends until notified, and the lock is held again. Throws: nothing.
    template <class Mutex>
    detail::condition_wait<Mutex, detail::once_notified> async_wait(std::unique_lock<Mutex>& lock) noexcept {
        return {core_, lock, detail::once_notified()};
    }
    /// Also ends when a stop is requested. Result: what is_true() said at the end.
    template <class Mutex, class Predicate>
    detail::stoppable_condition_wait<Mutex, Predicate> async_wait(std::unique_lock<Mutex>& lock, std::stop_token stop,
                                                                  Predicate is_true) noexcept {
        return {std::move(stop), core_, lock, std::move(is_true)};
    }

private:
    /// Afterwards self.made() says how it ended. Once it is notified, the condition variable may be gone. Where the limit
    /// is over already, others get a turn at the lock, and that is all.
    template <class Lock, class Limit>
    void wait_once(Lock& lock, detail::thread_waiter& self, const Limit& limit) {
        if (limit.left() == 0) {
            self.give_up();
            lock.unlock();
            return relock(lock);
        }
        detail::prepare_for_forks(); // a child is to know that who waits is not there
        if (core_.enter(self) == detail::entry::refused) return;
        detail::call_unwinding([&] { lock.unlock(); },
                               [&] {
                                   if (!self.give_up() || !core_.leave(self)) self.sleep(detail::no_limit());
                               });
        detail::wait_linked<detail::away>(core_, self, limit);
        relock(lock);
    }
    /// As in std, what this throws ends the program.
    template <class Lock>
    static void relock(Lock& lock) noexcept {
        lock.lock();
    }

    template <class Lock, class Limit>
    std::cv_status wait_within(Lock& lock, const Limit& limit) {
        detail::thread_waiter self;
        wait_once(lock, self, limit);
        return self.made() == detail::decision::granted ? std::cv_status::no_timeout : std::cv_status::timeout;
    }
    template <class Lock, class Limit, class Predicate>
    bool wait_within(Lock& lock, const Limit& limit, Predicate& is_true) {
        while (!is_true()) {
            if (wait_within(lock, limit) == std::cv_status::timeout) return is_true();
        }
        return true;
    }
    template <class Lock, class Limit, class Predicate>
    bool wait_stoppable(Lock& lock, const std::stop_token& stop, const Limit& limit, Predicate& is_true) {
        while (!stop.stop_requested()) {
            if (is_true()) return true;
            detail::thread_waiter self;
            using callback = detail::give_up_wait<detail::condition_core>;
            const std::stop_callback<callback> told(stop, callback{&core_, &self});
            wait_once(lock, self, limit);
            if (self.made() != detail::decision::granted) break;
        }
        return is_true();
    }

    detail::condition_core core_;
};

PEL_NAMESPACE_END
