// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of shared mutexes: first come first served, and readers that wait next to each other enter together. So
// neither readers nor writers can keep the others out. Whoever unlocks hands the lock over.
//   any thread: all; unlock…(): holders.
//   SH1: the RMW of an unlock -> the CAS of who locks next: the critical section before. (To waiters: WT1.)
// I1  `waiting` changes under the queue's lock, and is set exactly while somebody is linked.
// I2  The first who is linked and has not given up cannot enter: a writer holds it, or it is a writer and readers do.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class shared_mutex_core {
public:
    static constexpr std::uint32_t exclusive = 0, shared = 1; // tickets

    constexpr shared_mutex_core() noexcept = default;
    shared_mutex_core(const shared_mutex_core&) = delete;
    shared_mutex_core& operator=(const shared_mutex_core&) = delete;

    bool try_lock() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        while ((seen & ~waiting) == 0) {
            if (word_.compare_exchange(seen, seen | writer, acquire)) return true; // sync(SH1) acquire: holders before
        }
        return false;
    }
    bool try_lock_shared() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        while ((seen & (writer | waiting)) == 0) {
            if (word_.compare_exchange(seen, seen + reader, acquire)) return true; // sync(SH1) acquire: writers before
        }
        return false;
    }
    /// Last access: the CAS, unless somebody who waits is resumed after it.
    void unlock() noexcept {
        std::uint32_t seen = writer;
        while (!word_.compare_exchange(seen, 0, release)) { // sync(SH1) release: to the next holders
            if (hand_over()) return;
            seen = writer;
        }
    }
    void unlock_shared() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if (seen == (reader | waiting)) {
                if (hand_over()) return;
                seen = word_.load(relaxed);
            } else if (word_.compare_exchange(seen, seen - reader, acq_rel)) { // sync(SH1) acq_rel: to the next writer
                return;
            }
        }
    }

    bool try_take(const waiter& self) noexcept { return self.ticket == shared ? try_lock_shared() : try_lock(); }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(lock_);
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if (can_enter(self, seen)) {
                // sync(SH1) acquire: holders before
                if (word_.compare_exchange(seen, seen + step_of(self), acquire)) return entry::passed;
            } else if (self.has_given_up()) {
                return entry::refused;
            } else if (word_.compare_exchange(seen, seen | waiting, relaxed)) { // the lock of the queue carries
                break;
            }
        }
        queue_.push_back(self);
        return entry::queued;
    }
    /// Readers who were behind a writer that gives up may enter beside those who are in.
    bool leave(waiter& self) noexcept {
        wake_list woken;
        {
            const lock_guard guard(lock_);
            if (!wait_list::is_linked(self)) return false;
            queue_.remove(self);
            // Under the lock, and with `waiting` set, the last holder does not go.
            const std::uint32_t seen = word_.load(relaxed); // of the readers only the number may change
            // sync(SH1) acq_rel: writers before, passed on to whom it lets in; readers before stay
            if ((seen & writer) == 0 && seen >= reader) word_.fetch_add(take_readers(woken) * reader, acq_rel);
            if (queue_.is_empty()) word_.fetch_and(~waiting, relaxed); // carries nothing
        }
        woken.resume_all();
        return true;
    }

private:
    static constexpr std::uint32_t waiting = 1, writer = 2, reader = 4;

    static std::uint32_t step_of(const waiter& one) noexcept { return one.ticket == shared ? reader : writer; }
    /// Returns: how many.
    std::uint32_t take_readers(wake_list& woken) noexcept {
        std::uint32_t taken = 0;
        waiter* next = nullptr;
        while ((next = queue_.first()) != nullptr && next->ticket == shared) {
            if (!next->try_decide(decision::granted)) continue; // it gave up just now
            queue_.remove(*next);
            woken.add(*next);
            ++taken;
        }
        return taken;
    }
    /// The only holder. Returns: false if nobody is linked any more, or others have come to hold it.
    PEL_COLD bool hand_over() noexcept {
        wake_list woken;
        {
            const lock_guard guard(lock_);
            const std::uint32_t seen = word_.load(acquire); // sync(SH1) acquire: readers who have left
            if (queue_.is_empty() || (seen != (writer | waiting) && seen != (reader | waiting))) return false;
            std::uint32_t after = 0;
            waiter* next = nullptr;
            while (after == 0 && (next = queue_.first()) != nullptr) {
                if (next->ticket == shared) {
                    after = take_readers(woken) * reader;
                } else if (next->try_decide(decision::granted)) {
                    queue_.remove(*next);
                    woken.add(*next);
                    after = writer;
                }
            }
            if (!queue_.is_empty()) after |= waiting;
            word_.store(after, release); // sync(SH1) release: to the next holders. Nobody else can change it here
        }
        woken.resume_all();
        return true;
    }
    bool can_enter(const waiter& self, std::uint32_t seen) const noexcept {
        if ((seen & ~waiting) == 0) return true;
        return self.ticket == shared && (seen & writer) == 0 && queue_.first() == nullptr;
    }

    atomic<std::uint32_t> word_{0};
    lock lock_;
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
