// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of the mutexes. Free to take for whoever comes (barging), so that a lock that is passed around quickly
// stays with running threads; a waiter that was woken in vain often enough, and any coroutine, has it handed over.
//   any thread: all; unlock(): the holder.
//   MX1: the release of unlock(), and of a hand-over -> the acquire of who locks next: the critical section before.
// I1  `waiting` changes under the queue's lock, and is set exactly while somebody is linked.
// I2  While the lock is free and nobody is `woken`, nobody who could be woken is linked: one links itself in the same
//     step that finds the lock held, and unlock() finds it.
// I3  `woken` is one thread's: set by the unlock() that resumes it, cleared by that thread when it has the lock, links
//     itself again or gives up, in the RMW that finds the lock taken or held. Until then unlock() wakes no other.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// How long a thread spins while nobody is queued, and how often it is woken in vain before the lock is handed to it.
struct mutex_tuning {
    static constexpr unsigned spins = 40;
    static constexpr unsigned patience = 8;
};

template <class Tuning>
class basic_mutex_core {
public:
    static constexpr std::uint32_t takes_over = 1; // a ticket: nobody could try again, hand it over

    constexpr basic_mutex_core() noexcept = default;
    basic_mutex_core(const basic_mutex_core&) = delete;
    basic_mutex_core& operator=(const basic_mutex_core&) = delete;

    /// Any bits but `locked` stay; a lock that is held, or was handed over, has it already.
    bool try_lock_at_once() noexcept {
        return (word_.fetch_or(locked, acquire) & locked) == 0; // sync(MX1) acquire: the last holder's writes
    }
    bool try_lock() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        while ((seen & locked) == 0) {
            if (word_.compare_exchange(seen, seen | locked, acquire)) return true; // sync(MX1) acquire: as above
        }
        return false;
    }
    /// Last access: the CAS, unless somebody who waits is resumed after it.
    void unlock() noexcept {
        std::uint32_t seen = locked;
        if (word_.compare_exchange(seen, 0, release)) [[likely]] // sync(MX1) release: to the next holder
            return;
        // sync(MX1) release: as above. Until who was woken runs, each unlock() comes here.
        if (!is_to_wake(seen) && word_.compare_exchange(seen, seen & ~locked, release)) return;
        unlock_slow();
    }
    /// While nobody waits. Returns: whether it got the lock.
    bool spin() noexcept {
        for (unsigned round = 0; round < Tuning::spins; ++round) {
            const std::uint32_t seen = word_.load(relaxed); // asked again
            if ((seen & locked) == 0 && try_lock()) return true;
            if ((seen & waiting) != 0) return false;
            cpu_relax();
        }
        return false;
    }

    bool try_take(const waiter&) noexcept { return try_lock(); }
    entry enter(waiter& self) noexcept {
        const bool was_woken = self.passed_over != 0;
        const std::uint32_t kept = was_woken ? ~woken : ~std::uint32_t{0};
        const lock_guard guard(lock_);
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if ((seen & locked) == 0) {
                // sync(MX1) acquire: the last holder's writes
                if (word_.compare_exchange(seen, (seen | locked) & kept, acquire)) return entry::passed;
            } else if (self.has_given_up()) {
                if (!was_woken || word_.compare_exchange(seen, seen & kept, relaxed)) return entry::refused; // I3
            } else if (word_.compare_exchange(seen, (seen | waiting) & kept, relaxed)) { // the queue's lock carries
                break;
            }
        }
        if (was_woken) {
            if (self.passed_over >= Tuning::patience) self.ticket = takes_over;
            queue_.push_front(self);
        } else {
            queue_.push_back(self);
        }
        return entry::queued;
    }
    bool leave(waiter& self) noexcept { return leave_queue(lock_, queue_, self, word_, waiting); }

private:
    static constexpr std::uint32_t locked = 1, waiting = 2, woken = 4;

    /// Whether who unlocks has to wake somebody: nobody is on the way (I3).
    static bool is_to_wake(std::uint32_t word) noexcept { return (word & (waiting | woken)) == waiting; }

    PEL_COLD void unlock_slow() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if (is_to_wake(seen)) {
                if (wake()) return;
                seen = word_.load(relaxed);                                     // as above
            } else if (word_.compare_exchange(seen, seen & ~locked, release)) { // sync(MX1) release: to the next holder
                return;
            }
        }
    }
    /// Returns: false if nobody is linked any more; the caller still holds the lock.
    bool wake() noexcept {
        lock_.acquire_lock();
        if (queue_.is_empty()) {
            lock_.release_lock();
            return false;
        }
        waiter* next = nullptr;
        std::uint32_t after = 0; // of the lock, not of the queue
        while (after == 0 && (next = queue_.first()) != nullptr) {
            const bool hands_over = next->ticket == takes_over;
            if (next->try_decide(hands_over ? decision::granted : decision::retry)) after = hands_over ? locked : woken;
        }
        if (next != nullptr) queue_.remove(*next);
        if (!queue_.is_empty()) after |= waiting;
        // Held, and not woken: whoever else would change the word needs the queue's lock, or the lock to be free.
        word_.store(after, release); // sync(MX1) release: to the next holder
        lock_.release_lock();
        if (next != nullptr) next->resume(); // else those who give up are still here
        return true;
    }

    atomic<std::uint32_t> word_{0};
    lock lock_;
    wait_list queue_;
};

using mutex_core = basic_mutex_core<mutex_tuning>;

} // namespace detail
PEL_NAMESPACE_END
