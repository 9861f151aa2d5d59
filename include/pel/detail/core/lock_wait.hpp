// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a thread waits for what another thread holds: it spins for about as long as a sleep would cost, offers the CPU to
// who may need it, and then sleeps without its seat. So nobody burns a time slice for a holder that was preempted, and
// no pool stands still because its seats wait, not even one of a single seat whose holder waits for work itself.
// Each task that sleeps here keeps a thread; when a pool has used up max_threads, contract promise 2 goes before 3, and a
// holder that waits for work of its own may be given other work.
#pragma once

#include <pel/detail/sync/backoff.hpp>
#include <pel/this_worker.hpp>

#include <optional>

PEL_NAMESPACE_BEGIN
namespace detail {

/// One wait. When it ends the thread takes its seat back; that never blocks (S1).
class lock_wait {
public:
    lock_wait() noexcept = default;
    lock_wait(const lock_wait&) = delete;
    lock_wait& operator=(const lock_wait&) = delete;

    /// Returns: false at last: it is time to sleep.
    bool keep_spinning() noexcept { return pauses_.pause(); }
    /// Gives the seat up, at most once.
    void before_sleep() noexcept {
        if (!leave_) leave_.emplace(*current_worker);
    }

private:
    backoff pauses_{200, 8}; // some 3 to 13 µs
    std::optional<seat_leave> leave_;
};

} // namespace detail
PEL_NAMESPACE_END
