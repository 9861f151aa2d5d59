// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A first-come-first-served lock of two words whose waiters each spin, or sleep, on a word of their own stack. The holder's
// place in the queue is in the lock, not on its stack, so unlock() needs no argument and any thread may call it for it.
//   MQ1: tail_, from who leaves it to who finds it: the last critical section; a waiter's node, to who comes after it.
//   MQ2: link::next, from the waiter that comes after to who holds the link: that waiter's node.
//   MQ3: waiter::state, the grant: the last critical section, to the next holder.
// I1  tail_ is null: open; &holder_: held, nobody waits; else the last waiter. A thread puts itself there in one RMW.
// I2  Only who found a link in tail_ writes its next, once; so a waiter leaves its node after that, or after nobody has.
// I3  After it has granted the lock, or opened it, unlock() touches no memory: the next holder may free the lock.
// Source: J. Mellor-Crummey, M. Scott, ACM TOCS 9(1), 1991; M. Scott, Shared-Memory Synchronization, 2013, 4.3 (K42).
#pragma once

#include <pel/detail/platform/futex.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/sync/polite_spin.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class queue_lock {
public:
    constexpr queue_lock() noexcept = default;
    queue_lock(const queue_lock&) = delete;
    queue_lock& operator=(const queue_lock&) = delete;

    bool try_lock() noexcept {
        link* seen = nullptr;
        return tail_.compare_exchange(seen, &holder_, acquire); // sync(MQ1) acquire: the last critical section
    }

    /// Waits as `wait` says: keep_spinning() pauses, or says false; then before_sleep(), how many nanoseconds each sleep
    /// may take (< 0: no limit).
    template <class Wait>
    void lock(Wait& wait) noexcept {
        waiter mine;
        // sync(MQ1) acq_rel: acquire of the last critical section, if there is no holder; release of the node above.
        link* const before = tail_.exchange(&mine, acq_rel);
        if (before != nullptr) {
            before->next.store(&mine, release); // sync(MQ2) release: the node above
            mine.await_grant(wait);
        }
        waiter* next = mine.next.load(acquire); // sync(MQ2) acquire: the next one's node
        if (next == nullptr) {
            holder_.next.store(nullptr, relaxed); // nobody else has this link: the holder alone, until the CAS below
            link* seen = &mine;
            if (tail_.compare_exchange(seen, &holder_, release)) return; // sync(MQ1) release: the empty link above
            next = next_of(mine);
        }
        holder_.next.store(next, relaxed); // read by the holder only: nobody finds this link in tail_ now
    }

    /// Requires: the lock is held, and nobody else unlocks it.
    void unlock() noexcept {
        waiter* next = holder_.next.load(acquire); // sync(MQ2) acquire: the next one's node
        if (next == nullptr) {
            link* seen = &holder_;
            if (tail_.compare_exchange(seen, nullptr, release)) return; // sync(MQ1) release: this critical section
            next = next_of(holder_);
        }
        next->grant();
    }

    /// For the holder. False may be stale: somebody has just come. True is not, as nobody leaves the queue.
    bool has_waiters() const noexcept { return tail_.load(relaxed) != &holder_; }
    /// A hint.
    bool is_open() const noexcept { return tail_.load(relaxed) == nullptr; }

private:
    struct waiter;

    struct link {
        atomic<waiter*> next{nullptr};
    };

    /// On the stack of who waits.
    struct waiter : link {
        static constexpr std::uint32_t waiting = 0, asleep = 1, granted = 2;

        atomic<std::uint32_t> state{waiting};

        template <class Wait>
        void await_grant(Wait& wait) noexcept {
            while (state.load(acquire) != granted) { // sync(MQ3) acquire: the last critical section
                if (wait.keep_spinning()) continue;
                std::uint32_t seen = waiting;
                if (!state.compare_exchange(seen, asleep, acquire)) return; // sync(MQ3) acquire: granted meanwhile
                do futex_wait(state, asleep, wait.before_sleep());
                while (state.load(acquire) == asleep); // sync(MQ3) acquire: the last critical section
                return;
            }
        }
        /// The last access: the waiter may be gone at once. (A wake-up of what is there by then is one too many.)
        void grant() noexcept {
            // sync(MQ3) release: this critical section, to the next holder
            if (state.exchange(granted, release) == asleep) futex_wake_one(state);
        }
    };

    /// Who has put itself behind `its` is about to say so.
    static waiter* next_of(const link& its) noexcept {
        return spin_politely([&its] { return its.next.load(acquire); }); // sync(MQ2) acquire: the next one's node
    }

    atomic<link*> tail_{nullptr};
    link holder_;
};

} // namespace detail
PEL_NAMESPACE_END
