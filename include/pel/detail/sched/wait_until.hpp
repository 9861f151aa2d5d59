// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The frame of every wait, which asks its caller what is awaited and what helps. What it does in between is in waiting.hpp.
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sched/scheduler.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// How long a wait spins before it lets other threads have the CPU: twice what its wake-up would cost, so that a wait
/// costs at most three times what the better choice would have (A. Karlin et al., competitive spinning, 1990), but not for
/// ever. After that it yields for as long as searchers look for work, if nobody could use its seat: what it waits for
/// may be cut soon, and who wakes up late finds it done.
inline std::int64_t wait_spin_ns(const worker& own) noexcept {
    const std::int64_t twice = 2 * own.sleep.wake_cost_ns();
    return twice < 50'000 ? twice : 50'000;
}

/// Throws: std::runtime_error.
[[noreturn]] void throw_lost_in_fork();

/// Own lists are helped with however little stack is left: progress depends on it. Leapfrogging has its own check.
template <class IsReady, class Help, class Announce, class CanHelp>
void scheduler::wait_until(worker& own, IsReady&& is_ready, Help&& help, Announce&& announce, CanHelp&& can_help) {
    std::int64_t start = 0;
    while (!is_ready()) {
        if (!is_from_this_process()) throw_lost_in_fork(); // what help() has run forked, and this is the child
        if (help() || help_abandoned(own)) {
            start = 0;
            continue;
        }
        const std::int64_t now = now_ns();
        if (start == 0) start = now;
        if (now - start < wait_spin_ns(own)) {
            for (int pause = 0; pause < 4; ++pause) cpu_relax();
        } else if (now - start < config_.spin_ns && !has_visible_work()) {
            yield_thread();
        } else {
            sleep_as_waiter(own, [&] { return is_ready() || can_help() || has_abandoned_work(); }, announce);
            start = 0;
        }
    }
}

template <class IsOver, class Announce>
void scheduler::sleep_as_waiter(worker& own, IsOver&& is_over, Announce&& announce) noexcept {
    const bool had_left = begin_waiting(own);
    if (announce()) {
        while (!is_over() && waiting_.has(own.index)) own.sleep.park();
    }
    if (end_waiting(own) && !is_over()) run_anything(own);
    if (had_left) leave_seat(own);
}

} // namespace detail
PEL_NAMESPACE_END
