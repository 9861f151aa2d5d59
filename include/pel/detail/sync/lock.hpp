// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A four-byte lock for short critical sections off the hot path: spins a little, then sleeps in the kernel, so that a
// preempted holder costs its waiters no CPU. Source: U. Drepper, "Futexes Are Tricky", mutex 2.
//   L1: unlock's release exchange -> lock's acquire: what the last holder wrote is visible to the next.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/platform/futex.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class lock {
public:
    constexpr lock() noexcept = default;

    bool try_acquire_lock() noexcept {
        std::uint32_t seen = open;
        return word_.compare_exchange(seen, held, acquire); // sync(L1) acquire: the last holder's writes
    }
    void acquire_lock() noexcept {
        if (!try_acquire_lock()) acquire_briefly();
    }

    /// While wait.keep_spinning() pauses and says true, looks whether the lock is open; then sleeps for it, each time for
    /// wait.before_sleep() nanoseconds at most (< 0: no limit).
    template <class Wait>
    void acquire_slow(Wait& wait) noexcept {
        do {
            if (word_.load(relaxed) == open && try_acquire_lock()) return; // stale: tried, or looked at again
        } while (wait.keep_spinning());
        while (word_.exchange(contended, acquire) != open) // sync(L1) acquire: the last holder's writes
            futex_wait(word_, contended, wait.before_sleep());
    }

    void release_lock() noexcept {
        if (word_.exchange(open, release) == contended) futex_wake_one(word_); // sync(L1) release: to the next holder
    }

    /// For a fork child, where the holder may not exist any more.
    void reset_after_fork() noexcept { word_.store(open, relaxed); }

private:
    static constexpr std::uint32_t open = 0, held = 1, contended = 2;

    /// For threads without a seat to give up, or that must not.
    struct brief_wait {
        int attempts = 64;

        bool keep_spinning() noexcept {
            cpu_relax();
            return --attempts > 0;
        }
        static std::int64_t before_sleep() noexcept { return -1; }
    };
    PEL_COLD void acquire_briefly() noexcept {
        brief_wait wait;
        acquire_slow(wait);
    }

    atomic<std::uint32_t> word_{open};
};

/// Holds a lock for a scope.
class lock_guard {
public:
    explicit lock_guard(lock& held) noexcept : held_(held) { held_.acquire_lock(); }
    ~lock_guard() { held_.release_lock(); }
    lock_guard(const lock_guard&) = delete;
    lock_guard& operator=(const lock_guard&) = delete;

private:
    lock& held_;
};

} // namespace detail
PEL_NAMESPACE_END
