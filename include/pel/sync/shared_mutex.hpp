// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's shared mutexes, for threads, tasks and coroutines: one writer or many readers. Readers who keep coming do not keep
// a writer out, nor writers a reader: a running thread may overtake one that is being woken, eight times at most. In a task
// a blocked call frees the seat. An unlock does not touch the mutex once somebody else can know of it.
#pragma once

#include <pel/detail/core/lockable.hpp>
#include <pel/detail/sync/shared_mutex_core.hpp>

#include <shared_mutex>

PEL_NAMESPACE_BEGIN
namespace detail {
namespace bases { // where a user calls f(mutex), no function of detail is a candidate (core/lockable.hpp)

/// Any thread: all; unlocking: for holders. Size: 16 bytes.
template <class Self>
class shared_lockable {
    using core = shared_mutex_core;

public:
    constexpr shared_lockable() noexcept = default;
    shared_lockable(const shared_lockable&) = delete;
    shared_lockable& operator=(const shared_lockable&) = delete;

    /// Blocks: until the lock is held alone.
    void lock() noexcept {
        if (!core_.try_lock()) [[unlikely]]
            lock_slow(core::exclusive);
    }
    /// As lock(), but ends when a stop is requested, after the coroutines have run that may read now: they must not wait for
    /// the caller. Returns: whether the lock is held.
    [[nodiscard]] bool lock(const std::stop_token& stop) noexcept { return pass_unless(stop, core_, core::exclusive); }
    /// Returns: whether the lock is held alone now. Never fails spuriously.
    [[nodiscard]] bool try_lock() noexcept { return core_.try_lock(); }
    /// Requires: it is held alone; not necessarily by the calling thread, since coroutines move.
    void unlock() noexcept { core_.unlock(); }

    /// Blocks: until the lock is held, maybe beside other readers; behind a writer that waits for readers.
    void lock_shared() noexcept {
        if (!core_.try_lock_shared_at_once()) [[unlikely]]
            lock_slow(core::shared);
    }
    /// As lock_shared(), but ends when a stop is requested. Returns: whether the lock is held.
    [[nodiscard]] bool lock_shared(const std::stop_token& stop) noexcept {
        return pass_unless(stop, core_, core::shared);
    }
    /// Fails also while others wait, unless one of them is being woken, and while a writer is about to lock.
    [[nodiscard]] bool try_lock_shared() noexcept { return core_.try_lock_shared(); }
    /// Requires: it is held beside others; as for unlock(), by any thread.
    void unlock_shared() noexcept { core_.unlock_shared(); }

    /// `const std::unique_lock hold = co_await mutex.async_lock();` suspends until the lock is held alone. In any
    /// coroutine, of a pool or of none, that is not destroyed before it was resumed. Throws: nothing.
    auto async_lock() noexcept { return suspended_wait(core_, core::exclusive | core::takes_over, exclusively()); }
    /// The result does not own the lock if it was not free and a stop was requested before it was got.
    auto async_lock(std::stop_token stop) noexcept {
        return stoppable_wait(std::move(stop), core_, core::exclusive | core::takes_over, exclusively());
    }
    /// The same beside other readers: `const std::shared_lock hold = co_await mutex.async_lock_shared();`
    auto async_lock_shared() noexcept { return suspended_wait(core_, core::shared | core::takes_over, with_others()); }
    /// The result does not own the lock if a stop was requested before it was got.
    auto async_lock_shared(std::stop_token stop) noexcept {
        return stoppable_wait(std::move(stop), core_, core::shared | core::takes_over, with_others());
    }

protected:
    shared_mutex_core core_;

private:
    PEL_COLD void lock_slow(std::uint32_t ticket) noexcept { pass(core_, ticket); }
    auto exclusively() noexcept { return finish_with_lock<std::unique_lock<Self>>(static_cast<Self&>(*this)); }
    auto with_others() noexcept { return finish_with_lock<std::shared_lock<Self>>(static_cast<Self&>(*this)); }
};

} // namespace bases
using bases::shared_lockable;
} // namespace detail

/// std::shared_mutex, and more: lock(), lock_shared(), their try_ and unlock forms; lock(stop), lock_shared(stop), which a
/// stop request ends; async_lock(), async_lock_shared(), with a stop token or without, which a coroutine awaits. They are
/// declared in shared_lockable, above. Any thread: all; unlocking: for holders. None of them throws. Size: 16 bytes.
/// Cost: where nobody waits, each is an atomic RMW; readers of one lock share its cache line.
class shared_mutex : public detail::shared_lockable<shared_mutex> {};

/// A shared mutex with deadlines.
class shared_timed_mutex : public detail::shared_lockable<shared_timed_mutex> {
    using core = detail::shared_mutex_core;

public:
    /// Blocks: for `length` at most. Returns: whether the lock is held.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return detail::pass_within(detail::limit_of(length), core_, core::exclusive);
    }
    /// Blocks: until `end` at most, by its own clock. Returns: likewise.
    template <class Clock, class Duration>
    [[nodiscard]] bool try_lock_until(const std::chrono::time_point<Clock, Duration>& end) noexcept {
        return detail::pass_within(detail::limit_of(end), core_, core::exclusive);
    }
    /// The same beside other readers.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& length) noexcept {
        return detail::pass_within(detail::limit_of(length), core_, core::shared);
    }
    template <class Clock, class Duration>
    [[nodiscard]] bool try_lock_shared_until(const std::chrono::time_point<Clock, Duration>& end) noexcept {
        return detail::pass_within(detail::limit_of(end), core_, core::shared);
    }
};

PEL_NAMESPACE_END
