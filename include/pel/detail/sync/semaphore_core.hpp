// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The protocol of counting semaphores: units go to who waits before anybody else can take them.
//   any thread: all.
//   SE1: release()'s CAS -> the acquiring CAS: what came before the release. (To who waits: the queue, WT1.)
// I1  `waiting` changes under the lock, and is set exactly while somebody is linked.
// I2  While there are units, nobody is linked who has not given up.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/wait_queue.hpp>

#include <cstddef>

PEL_NAMESPACE_BEGIN
namespace detail {

class semaphore_core {
public:
    constexpr explicit semaphore_core(std::ptrdiff_t units) noexcept : word_(units * unit) {}
    semaphore_core(const semaphore_core&) = delete;
    semaphore_core& operator=(const semaphore_core&) = delete;

    bool try_acquire() noexcept {
        std::int64_t seen = word_.load(relaxed); // a guess for the CAS
        while (seen >= unit) {
            if (word_.compare_exchange(seen, seen - unit, acquire)) return true; // sync(SE1) acquire: the releaser's
        }
        return false;
    }
    /// Last access: the CAS, unless somebody who waits is resumed after it.
    void release_units(std::ptrdiff_t units) noexcept {
        wake_list woken;
        std::int64_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if ((seen & waiting) != 0) {
                if (hand_over(units, woken)) break;
                seen = word_.load(relaxed);                                          // as above
            } else if (word_.compare_exchange(seen, seen + units * unit, release)) { // sync(SE1) release: to a taker
                break;
            }
        }
        woken.resume_all();
    }

    bool try_take(const waiter&) noexcept { return try_acquire(); }
    entry enter(waiter& self) noexcept {
        const lock_guard guard(lock_);
        std::int64_t seen = word_.load(relaxed); // a guess for the CAS
        for (;;) {
            if (seen >= unit) {
                // sync(SE1) acquire: the releaser's writes
                if (word_.compare_exchange(seen, seen - unit, acquire)) return entry::passed;
            } else if (self.has_given_up()) {
                return entry::refused;
            } else if (word_.compare_exchange(seen, seen | waiting, relaxed)) { // the lock of the queue carries
                break;
            }
        }
        queue_.push_back(self);
        return entry::queued;
    }
    bool leave(waiter& self) noexcept { return leave_queue(lock_, queue_, self, word_, waiting); }

private:
    static constexpr std::int64_t waiting = 1, unit = 2;

    /// Takes off `units` what goes to who waits. If all who are linked have given up, the rest is put back here.
    /// Returns: whether nothing is left. Then it was the last access.
    bool hand_over(std::ptrdiff_t& units, wake_list& woken) noexcept {
        const lock_guard guard(lock_);
        if (queue_.is_empty()) return false;
        waiter* next = nullptr;
        while (units != 0 && (next = queue_.take_first(decision::granted)) != nullptr) {
            woken.add(*next);
            --units;
        }
        if (queue_.is_empty()) {
            word_.fetch_and(~waiting, relaxed); // carries nothing
        } else if (units != 0) {
            word_.fetch_add(units * unit, release); // sync(SE1) release: to who acquires
            units = 0;
        }
        return units == 0;
    }

    atomic<std::int64_t> word_;
    lock lock_;
    wait_list queue_;
};

} // namespace detail
PEL_NAMESPACE_END
