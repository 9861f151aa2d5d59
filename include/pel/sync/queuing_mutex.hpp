// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A fair mutex: first come, first served, and under contention each waiter spins on a cache line of its own. The queue is
// MCS' in K42's form (detail/sync/queue_lock.hpp), which keeps the holder's place in the lock: so it has std's lock() and
// unlock(), works with std's guards, and may be unlocked on another thread than it was locked on, as by a task that is
// resumed there. A guard with the node in it, as oneTBB's, would save some three stores, and no atomic RMW. Any thread.
#pragma once

#include <pel/detail/core/lock_wait.hpp>
#include <pel/detail/sync/queue_lock.hpp>

PEL_NAMESPACE_BEGIN

/// std::mutex' interface. A thread that holds it must not lock it again. Two words.
class queuing_mutex {
public:
    constexpr queuing_mutex() noexcept = default;
    queuing_mutex(const queuing_mutex&) = delete;
    queuing_mutex& operator=(const queuing_mutex&) = delete;

    /// Blocks: until all that have come before have unlocked it; without its seat from when it sleeps.
    /// Cost: where it is open, one atomic RMW.
    void lock() noexcept {
        if (!queue_.try_lock()) [[unlikely]]
            lock_slow();
    }
    /// Returns: false if it is held; never otherwise.
    [[nodiscard]] bool try_lock() noexcept { return queue_.try_lock(); }
    /// Requires: the caller holds it. Cost: one atomic RMW; a system call if the next one sleeps.
    void unlock() noexcept { queue_.unlock(); }

private:
    PEL_COLD void lock_slow() noexcept {
        detail::lock_wait wait;
        queue_.lock(wait);
    }

    detail::queue_lock queue_;
};

PEL_NAMESPACE_END
