// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of events: a flag that stays up for all until it is taken down, or that one who waits takes down.
//   any thread: all.
//   EV1: set()'s RMW -> the load or CAS that finds the flag up: what came before it. (To who waits: the queue, WT1.)
// I1  `waiting` changes under the lock, and is set exactly while somebody is linked.
// I2  While the flag is up, nobody is linked who has not given up.
#pragma once

#include <pel/detail/sync/wait_queue.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

enum class reset_mode : bool { manual, automatic };

template <reset_mode Mode>
class event_core {
public:
    constexpr explicit event_core(bool is_set) noexcept : word_(is_set ? up : 0) {}
    event_core(const event_core&) = delete;
    event_core& operator=(const event_core&) = delete;

    bool is_set() const noexcept { return (word_.load(acquire) & up) != 0; } // sync(EV1) acquire: before set()
    void reset() noexcept { word_.fetch_and(~up, relaxed); }                 // carries nothing
    /// Last access: the CAS, unless somebody who waits is resumed after it.
    void set() noexcept {
        std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if ((seen & (waiting | up)) == waiting) {
                if (wake()) return;
                seen = word_.load(relaxed);                                // as above
            } else if (word_.compare_exchange(seen, seen | up, acq_rel)) { // sync(EV1) acq_rel: adds to the last set()
                return;
            }
        }
    }

    bool try_pass() noexcept {
        if constexpr (Mode == reset_mode::manual) {
            return is_set();
        } else {
            std::uint32_t seen = word_.load(relaxed); // a guess for the CAS
            while ((seen & up) != 0) {
                if (word_.compare_exchange(seen, seen & ~up, acquire)) return true; // sync(EV1) acquire: before set()
            }
            return false;
        }
    }
    bool try_take(const waiter&) noexcept { return try_pass(); }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(lock_);
        for (;;) {
            if (try_pass()) return entry::passed;
            if (self.has_given_up()) return entry::refused;
            std::uint32_t seen = word_.load(relaxed);                                             // a guess for the CAS
            if ((seen & up) == 0 && word_.compare_exchange(seen, seen | waiting, relaxed)) break; // the lock carries
        }
        queue_.push_back(self);
        return entry::queued;
    }
    bool leave(waiter& self) noexcept { return leave_queue(lock_, queue_, self, word_, waiting); }

private:
    static constexpr std::uint32_t up = 1, waiting = 2;

    /// The flag is down. Returns: false if nobody is linked any more.
    bool wake() noexcept {
        wake_list woken;
        {
            const lock_guard guard(lock_);
            if (queue_.is_empty()) return false;
            waiter* const first = queue_.take_first(decision::granted);
            if (first != nullptr) woken.add(*first);
            if constexpr (Mode == reset_mode::manual) woken.add_all(queue_);
            if (Mode == reset_mode::manual || first == nullptr)
                word_.fetch_or(up, acq_rel);                           // sync(EV1) acq_rel: to who finds it up
            if (queue_.is_empty()) word_.fetch_and(~waiting, relaxed); // carries nothing
        }
        woken.resume_all();
        return true;
    }

    atomic<std::uint32_t> word_;
    lock lock_;
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
