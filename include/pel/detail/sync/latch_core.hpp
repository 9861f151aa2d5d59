// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of latches: a count that falls to zero once.
//   any thread: all.
//   LA1: count_down()'s RMW, and the store of zero after it -> the load that finds zero: what came before all of them.
// I1  `waiting` is set under the lock while somebody is linked. With a count of zero it means that the one who has
//     brought it there is about to take the lock, wake all, and store zero: until then the latch is not open.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/fork_generation.hpp>
#include <pel/detail/sync/wait_queue.hpp>

#include <cstddef>

PEL_NAMESPACE_BEGIN
namespace detail {

class latch_core {
public:
    constexpr explicit latch_core(std::ptrdiff_t count) noexcept : word_(count * one) {}
    latch_core(const latch_core&) = delete;
    latch_core& operator=(const latch_core&) = delete;
    /// Who was the last to give up may have left nobody for open() to resume: then this waits until open() is done. Not in a
    /// fork child for a thread of the parent, which would never be.
    ~latch_core() {
        if (locked_in_.load(relaxed) == mark_of_this_process())
            lock_.acquire_lock(); // left by who was in the lock before
    }

    bool is_open() const noexcept { return word_.load(acquire) == 0; } // sync(LA1) acquire: all that were counted
    /// Last access: the RMW, unless somebody who waits is resumed after it. Who counts nothing has not brought it to zero,
    /// even if it finds that: it leaves the opening to the one who has, whose lock would be gone by then.
    void count_down(std::ptrdiff_t by) noexcept {
        // sync(LA1) acq_rel: to who waits; the one that brings it to zero passes on what the others did
        if (word_.fetch_sub(by * one, acq_rel) - by * one == waiting && by != 0) open();
    }

    bool try_take(const waiter&) noexcept { return is_open(); }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(marked_lock());
        std::int64_t seen = word_.load(acquire); // sync(LA1) acquire: if it is zero
        for (;;) {
            if (seen == 0) return entry::passed;
            if (self.has_given_up()) return entry::refused;
            if (word_.compare_exchange(seen, seen | waiting, acquire)) break; // sync(LA1) acquire: a failure reads zero
        }
        queue_.push_back(self);
        return entry::queued;
    }
    bool leave(waiter& self) noexcept {
        const lock_guard guard(marked_lock());
        if (!wait_list::is_linked(self)) return false;
        queue_.remove(self);
        if (!queue_.is_empty()) return true;
        std::int64_t seen = word_.load(relaxed); // a guess for the CAS
        while (seen > waiting) {
            if (word_.compare_exchange(seen, seen & ~waiting, relaxed)) break; // carries nothing
        }
        return true;
    }

private:
    static constexpr std::int64_t waiting = 1, one = 2;

    lock& marked_lock() noexcept {
        locked_in_.store(mark_of_this_process(), relaxed); // see the destructor
        return lock_;
    }

    PEL_COLD void open() noexcept {
        wake_list woken;
        {
            const lock_guard guard(marked_lock());
            woken.add_all(queue_);
            word_.store(0, release); // sync(LA1) release: to who finds it open
        }
        woken.resume_all();
    }

    atomic<std::int64_t> word_;
    lock lock_;
    atomic<std::uint32_t> locked_in_{0}; // the process that used the lock last, 0: none
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
