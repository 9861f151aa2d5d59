// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a thread waits for what another thread holds: it spins for about as long as a sleep would cost, offers the CPU to
// who may need it, and then sleeps without its seat. So nobody burns a time slice for a holder that was preempted, and
// no pool stands still because its seats wait, not even one of a single seat whose holder waits for work itself.
// Each task that sleeps here keeps a thread; when a pool has used up max_threads, contract promise 2 goes before 3, and a
// holder that waits for work of its own may be given other work.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/platform/thread.hpp>
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

    /// Pauses, longer each time. Returns: false at last: it is time to sleep.
    bool keep_spinning() noexcept {
        if (round_ >= pauses + yields) return false;
        if (round_ >= pauses)
            yield_thread();
        else
            for (unsigned each = 0; each < 1u << (round_ < 6 ? round_ : 6); ++each) cpu_relax();
        ++round_;
        return true;
    }
    /// Gives the seat up, at most once.
    void before_sleep() noexcept {
        if (!leave_) leave_.emplace(*current_worker);
    }

private:
    static constexpr unsigned pauses = 11; // 383 in all, some 5 to 20 µs
    static constexpr unsigned yields = 4;

    unsigned round_ = 0;
    std::optional<seat_leave> leave_;
};

} // namespace detail
PEL_NAMESPACE_END
