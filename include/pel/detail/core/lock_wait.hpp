// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a thread waits for what another thread holds: it spins for about as long as a sleep would cost, offers the CPU to
// who may need it, then sleeps, after a while without its seat. So nobody burns a time slice for a holder that was
// preempted, and no pool stands still because its seats wait, not even one of a single seat whose holder waits for work.
// Each task that sleeps here keeps a thread; when a pool has used up max_threads, contract promise 2 goes before 3, and a
// holder that waits for work of its own may be given other work.
#pragma once

#include <pel/detail/sync/backoff.hpp>
#include <pel/this_worker.hpp>

#include <cstdint>
#include <optional>

PEL_NAMESPACE_BEGIN
namespace detail {

/// As long a thread that waits for a lock sleeps in its seat, in nanoseconds; 0 for one that has none. Most locks are held
/// for less, and another thread that is woken for so short a time takes a CPU from the holder.
inline std::int64_t lock_patience() noexcept { return current_worker->is_member() ? 250'000 : 0; }

/// One wait. When it ends the thread takes its seat back; that never blocks (S1).
class lock_wait {
public:
    lock_wait() noexcept = default;
    lock_wait(const lock_wait&) = delete;
    lock_wait& operator=(const lock_wait&) = delete;

    /// Returns: false at last: it is time to sleep.
    bool keep_spinning() noexcept { return pauses_.pause(); }
    /// Returns: how many nanoseconds the sleep may take (< 0: no limit). The second one is without the seat.
    std::int64_t before_sleep() noexcept {
        if (const std::int64_t patience = lock_patience(); patience != 0 && !has_slept_) {
            has_slept_ = true;
            return patience;
        }
        if (!leave_) leave_.emplace(*current_worker);
        return -1;
    }

private:
    bool has_slept_ = false;
    backoff pauses_{200, 8}; // some 3 to 13 µs
    std::optional<seat_leave> leave_;
};

} // namespace detail
PEL_NAMESPACE_END
