// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the mutexes have in common: their members, for threads, tasks and coroutines, over the protocol of mutex_core.
// Self is the public class, which the lock objects name. Any thread; unlocking: for the holder. (pel/sync/mutex.hpp tells
// users what is here.)
#pragma once

#include <pel/detail/core/block.hpp>
#include <pel/detail/platform/thread.hpp>
#include <pel/detail/sync/mutex_core.hpp>
#include <pel/detail/sync/time_limit.hpp>

#include <mutex>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Makes a Lock, which owns the mutex if that was got.
template <class Lock>
class finish_with_lock {
public:
    explicit finish_with_lock(typename Lock::mutex_type& mutex) noexcept : mutex_(&mutex) {}
    Lock operator()(bool has_passed) const {
        return has_passed ? Lock(*mutex_, std::adopt_lock) : Lock(*mutex_, std::defer_lock);
    }

private:
    typename Lock::mutex_type* mutex_;
};

/// Blocks where the slow path does; Cost: uncontended, lock and unlock are one RMW each and no call.
class exclusive_lock {
public:
    constexpr exclusive_lock() noexcept = default;

    void lock() noexcept {
        if (!core_.try_lock_at_once()) [[unlikely]]
            lock_slow();
    }
    /// Returns: false if it was not free and a stop was requested before it was got.
    [[nodiscard]] bool lock(const std::stop_token& stop) noexcept {
        return core_.try_lock_at_once() || pass_unless(stop, core_, mutex_core::exclusive);
    }
    bool try_lock() noexcept { return core_.try_lock(); }
    /// A look, where the limit is over already.
    template <class Limit>
    bool lock_within(const Limit& limit) noexcept {
        return pass_within(limit, core_, mutex_core::exclusive);
    }
    void unlock() noexcept { core_.unlock(); }
    mutex_core& core() noexcept { return core_; }

private:
    PEL_COLD void lock_slow() noexcept { pass(core_, mutex_core::exclusive); }

    mutex_core core_;
};

/// For what waits with such a lock.
struct lock_access {
    template <class Mutex>
    static mutex_core& core(Mutex& mutex) noexcept {
        return mutex.lock_.core();
    }
};

/// A lock that its holder, a thread, may take again.
class owned_lock {
public:
    constexpr owned_lock() noexcept = default;

    /// Returns: whether the calling thread has it once more, or what take() says.
    template <class Take>
    bool enter(Take take) noexcept {
        const void* const self = this_thread();
        if (owner_.load(relaxed) == self) { // only this thread can have written that, or overwrite it
            ++depth_;
            return true;
        }
        if (!take(lock_)) return false;
        owner_.store(self, relaxed); // read as equal by this thread only
        depth_ = 1;
        return true;
    }
    void leave() noexcept {
        if (--depth_ != 0) return;
        owner_.store(nullptr, relaxed); // as above
        lock_.unlock();
    }

private:
    exclusive_lock lock_;
    atomic<const void*> owner_{nullptr};
    std::size_t depth_ = 0; // of the holder
};

/// What public classes derive from, in a namespace that has no functions: those of a base's namespace are candidates
/// wherever a user calls f(mutex), and detail's would be the better match, or ambiguous, where they have the same name.
namespace bases {

template <class Self>
class lockable {
public:
    constexpr lockable() noexcept = default;
    lockable(const lockable&) = delete;
    lockable& operator=(const lockable&) = delete;

    /// Blocks: until the lock is held. Requires: the caller does not hold it.
    void lock() noexcept { lock_.lock(); }
    /// As lock(), but ends without the lock when a stop is requested. Returns: whether the lock is held.
    [[nodiscard]] bool lock(const std::stop_token& stop) noexcept { return lock_.lock(stop); }
    /// Returns: whether the lock is held now. Never fails spuriously.
    [[nodiscard]] bool try_lock() noexcept { return lock_.try_lock(); }
    /// Requires: the lock is held; not necessarily by the calling thread, since coroutines move.
    void unlock() noexcept { lock_.unlock(); }

    /// `const std::unique_lock hold = co_await m.async_lock();` suspends until the lock is held; it is handed over.
    auto async_lock() noexcept {
        return suspended_wait(lock_.core(), mutex_core::takes_over, finish(static_cast<Self&>(*this)));
    }
    /// As async_lock(); the result does not own the lock if it was not free and a stop was requested before it was
    /// got.
    auto async_lock(std::stop_token stop) noexcept {
        return stoppable_wait(std::move(stop), lock_.core(), mutex_core::takes_over, finish(static_cast<Self&>(*this)));
    }

protected:
    exclusive_lock lock_;

private:
    friend struct detail::lock_access;
    using finish = finish_with_lock<std::unique_lock<Self>>;
};

/// What the timed ones have besides.
template <class Self>
class timed_lockable : public lockable<Self> {
public:
    /// Blocks: for `length` at most. Returns: whether the lock is held.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return this->lock_.lock_within(limit_of(length));
    }
    /// Blocks: until `end` at most, by its own clock. Returns: whether the lock is held.
    template <class Clock, class Duration>
    [[nodiscard]] bool try_lock_until(const std::chrono::time_point<Clock, Duration>& end) noexcept {
        return this->lock_.lock_within(limit_of(end));
    }
};

template <class Self>
class recursively_lockable {
public:
    constexpr recursively_lockable() noexcept = default;
    recursively_lockable(const recursively_lockable&) = delete;
    recursively_lockable& operator=(const recursively_lockable&) = delete;

    /// Blocks: while another thread holds the lock.
    void lock() noexcept {
        lock_.enter([](exclusive_lock& inner) noexcept { return inner.lock(), true; });
    }
    [[nodiscard]] bool lock(const std::stop_token& stop) noexcept {
        return lock_.enter([&](exclusive_lock& inner) noexcept { return inner.lock(stop); });
    }
    [[nodiscard]] bool try_lock() noexcept {
        return lock_.enter([](exclusive_lock& inner) noexcept { return inner.try_lock(); });
    }
    /// Requires: the calling thread holds the lock.
    void unlock() noexcept { lock_.leave(); }

protected:
    owned_lock lock_;
};

} // namespace bases
using bases::lockable;
using bases::recursively_lockable;
using bases::timed_lockable;

} // namespace detail
PEL_NAMESPACE_END
