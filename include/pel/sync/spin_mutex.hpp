// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A mutex of four bytes for very short critical sections: waiters spin (test-and-test-and-set, backing off up to a bound),
// then yield, and sleep in the kernel without their seat if that was not enough. It is unfair: who comes at the right
// moment overtakes those that wait. The protocol is detail/sync/lock.hpp's, and so is its edge L1. Any thread.
#pragma once

#include <pel/detail/core/lock_wait.hpp>
#include <pel/detail/sync/lock.hpp>

PEL_NAMESPACE_BEGIN

/// std::mutex' interface. A thread that holds it must not lock it again.
class spin_mutex {
public:
    constexpr spin_mutex() noexcept = default;
    spin_mutex(const spin_mutex&) = delete;
    spin_mutex& operator=(const spin_mutex&) = delete;

    /// Blocks: while another thread holds it; without its seat from when it sleeps. Cost: where it is open, one atomic RMW.
    void lock() noexcept {
        if (!lock_.try_acquire_lock()) [[unlikely]]
            lock_slow();
    }
    /// Returns: false if it is held; never otherwise.
    [[nodiscard]] bool try_lock() noexcept { return lock_.try_acquire_lock(); }
    /// Requires: the calling thread, or the task that it runs, holds it. Cost: one atomic RMW; a system call if others
    /// sleep.
    void unlock() noexcept { lock_.release_lock(); }

private:
    PEL_COLD void lock_slow() noexcept {
        detail::lock_wait wait;
        lock_.acquire_slow(wait);
    }

    detail::lock lock_;
};

PEL_NAMESPACE_END
