// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of condition variables: a queue. Who waits is linked before it unlocks its own lock, and the notifier
// changes the condition under that lock: so it finds the waiter. It may be destroyed once all were notified: a waiter
// that was, touches it no more. The destructor awaits all who are linked. Those are about to leave: they have given up, by
// themselves or told by a stop token. Who was not notified, which std does not allow, keeps it until then, too.
// A fork child does not await those of its parent, whose threads it has not got, nor one of these that was in the lock: who
// takes it leaves the fork's generation.
//   any thread: all.
#pragma once

#include <pel/detail/platform/thread.hpp>
#include <pel/detail/sync/fork_generation.hpp>
#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class condition_core {
public:
    constexpr condition_core() noexcept = default;
    condition_core(const condition_core&) = delete;
    condition_core& operator=(const condition_core&) = delete;
    ~condition_core() {
        for (unsigned looks = 0; is_awaited(); ++looks) {
            if (looks < looks_before_sleep)
                yield_thread();
            else
                futex_wait(waiting_, of_this_process() | some,
                           between_looks); // nobody wakes it: who leaves may not touch it afterwards
        }
    }

    /// Where nobody waits, this is all that a notifier does: it has locked after whoever it must find was linked.
    bool has_waiters() const noexcept { return (waiting_.load(relaxed) & some) != 0; }
    void notify_one() noexcept {
        if (!has_waiters()) return;
        waiter* next = nullptr;
        {
            const lock_guard guard(marked_lock());
            next = queue_.take_first(decision::granted);
            note_waiters();
        }
        if (next != nullptr) next->resume();
    }
    void notify_all() noexcept {
        if (!has_waiters()) return;
        wake_list woken;
        {
            const lock_guard guard(marked_lock());
            woken.add_all(queue_);
            note_waiters();
        }
        woken.resume_all();
    }

    static bool try_take(const waiter&) noexcept { return false; }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(marked_lock());
        if (self.has_given_up()) return entry::refused;
        queue_.push_back(self);
        note_waiters();
        return entry::queued;
    }
    bool leave(waiter& self) noexcept {
        const lock_guard guard(marked_lock());
        if (!wait_list::is_linked(self)) return false;
        queue_.remove(self);
        note_waiters();
        return true;
    }

private:
    static constexpr unsigned looks_before_sleep = 100;
    static constexpr std::int64_t between_looks = 1'000'000; // ns

    static constexpr std::uint32_t some = 1;

    /// What says that this process has used the lock.
    static std::uint32_t of_this_process() noexcept { return mark_of_this_process() << 1; }
    /// Says so before. What the parent's threads have left is gone then: nobody waits any more.
    lock& marked_lock() noexcept {
        std::uint32_t seen = waiting_.load(relaxed); // a guess for the CAS, as what it reads
        while ((seen & ~some) != of_this_process() && !waiting_.compare_exchange(seen, of_this_process(), relaxed)) {
        }
        return lock_;
    }
    void note_waiters() noexcept { // see has_waiters()
        waiting_.store(of_this_process() | (queue_.is_empty() ? 0 : some), relaxed);
    }
    /// Whether somebody has to leave yet. Also where nobody is noted the lock is taken: the last one may be in it.
    bool is_awaited() noexcept {
        if ((waiting_.load(relaxed) & ~some) != of_this_process())
            return false; // nobody of this process was ever there
        const lock_guard guard(lock_);
        return !queue_.is_empty();
    }

    atomic<std::uint32_t> waiting_{0}; // whether there are any, and which process has used the lock; 0: none has
    lock lock_;
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
