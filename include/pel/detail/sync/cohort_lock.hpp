// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A lock that stays on a NUMA node for a while: threads queue at their node, and whoever is first there waits for the
// node's turn; a holder passes lock and turn on to the next one of its node, a bounded number of times in a row. A thread
// that finds everything open takes the turn for itself alone, so an uncontended lock costs what the queue does.
// Any thread; what is not atomic belongs to who holds the lock, or the node's queue, and is handed on with it (MQ1, MQ3).
// I1  Who holds the turn, holds the lock; holder_ is its node, or null if it holds the turn for itself.
// I2  place::has_turn is true only while that node's queue is held.
// I3  The turn is given back last: that is unlock()'s last access, as queue_lock's I3 says.
// No waiter starves: at its node those before it have their turns, and a turn ends after most_passes; in the queue for
// turns a node comes after those that were there before it, and a thread for itself alone only if there is no queue.
// Source: D. Dice, V. Marathe, N. Shavit, Lock Cohorting, PPoPP 2012.
#pragma once

#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/sync/queue_lock.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class cohort_lock {
public:
    /// A node's queue.
    struct alignas(cache_line) place {
        queue_lock queue;
        bool has_turn = false; // has been passed on: the next one in the queue need not wait for it
        unsigned passes = 0;
    };

    /// In a row within a node, while other nodes may wait.
    static constexpr unsigned most_passes = 64;

    constexpr explicit cohort_lock(unsigned passes = most_passes) noexcept : most_passes_(passes) {}
    cohort_lock(const cohort_lock&) = delete;
    cohort_lock& operator=(const cohort_lock&) = delete;

    bool try_lock() noexcept {
        if (!turn_.try_lock()) return false;
        if (holder_ != nullptr) holder_ = nullptr; // (not written for nothing: others read it)
        return true;
    }
    /// For the thread itself alone: where there is one node, or none is known.
    template <class Wait>
    void lock(Wait& wait) noexcept {
        turn_.lock(wait);
        if (holder_ != nullptr) holder_ = nullptr;
    }
    /// At the node of the calling thread. `wait`: see queue_lock.
    template <class Wait>
    void lock(place& its, Wait& wait) noexcept {
        its.queue.lock(wait);
        if (its.has_turn) return;
        turn_.lock(wait);
        its.has_turn = true;
        its.passes = 0;
        holder_ = &its;
    }

    void unlock() noexcept {
        if (holder_ != nullptr) {
            place& its = *holder_;
            if (its.passes < most_passes_ && its.queue.has_waiters()) {
                ++its.passes;
                return its.queue.unlock(); // never opens: somebody waits there
            }
            its.has_turn = false;
            its.queue.unlock(); // the next one queues for a turn
        }
        turn_.unlock();
    }

private:
    queue_lock turn_;
    place* holder_ = nullptr;
    const unsigned most_passes_;
};

} // namespace detail
PEL_NAMESPACE_END
