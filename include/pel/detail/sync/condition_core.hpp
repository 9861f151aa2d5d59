// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of condition variables: a queue. Who waits is linked before it unlocks its own lock, and the notifier
// changes the condition under that lock: so it finds the waiter. It may be destroyed once all were notified: a waiter
// that was, touches it no more. The destructor awaits all who are linked. Those are about to leave: they have given up, by
// themselves or told by a stop token. Who was not notified, which std does not allow, keeps it until then, too.
// A fork child does not await those of its parent, whose threads it has not got: who links itself leaves the fork's
// generation.
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
                futex_wait(waiting_, some(), between_looks); // nobody wakes it: who leaves may not touch it afterwards
        }
    }

    /// Where nobody waits, this is all that a notifier does: it has locked after whoever it must find was linked.
    bool has_waiters() const noexcept { return waiting_.load(relaxed) != 0; }
    void notify_one() noexcept {
        if (!has_waiters()) return;
        waiter* next = nullptr;
        {
            const lock_guard guard(lock_);
            next = queue_.take_first(decision::granted);
            note_waiters();
        }
        if (next != nullptr) next->resume();
    }
    void notify_all() noexcept {
        if (!has_waiters()) return;
        wake_list woken;
        {
            const lock_guard guard(lock_);
            woken.add_all(queue_);
            note_waiters();
        }
        woken.resume_all();
    }

    static bool try_take(const waiter&) noexcept { return false; }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(lock_);
        if (self.has_given_up()) return entry::refused;
        queue_.push_back(self);
        note_waiters();
        return entry::queued;
    }
    bool leave(waiter& self) noexcept {
        const lock_guard guard(lock_);
        if (!wait_list::is_linked(self)) return false;
        queue_.remove(self);
        note_waiters();
        return true;
    }

private:
    static constexpr unsigned looks_before_sleep = 100;
    static constexpr std::int64_t between_looks = 1'000'000; // ns

    /// What says that there are waiters, in this process.
    static std::uint32_t some() noexcept {
        return fork_generation.load(relaxed) + 1; // changes in a fork child, before it goes on
    }
    void note_waiters() noexcept { waiting_.store(queue_.is_empty() ? 0 : some(), relaxed); } // see has_waiters()
    /// Whether somebody has to leave yet. Where nobody is noted the lock is taken all the same: the last one may be in it.
    bool is_awaited() noexcept {
        const std::uint32_t noted = waiting_.load(relaxed); // of this process: the lock is asked next
        if (noted != 0 && noted != some()) return false;
        const lock_guard guard(lock_);
        return !queue_.is_empty();
    }

    atomic<std::uint32_t> waiting_{0};
    lock lock_;
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
