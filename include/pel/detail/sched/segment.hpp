// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A segment: one worker's stretch [base, end) of a group's jobs in its deque. A group has one where it was built, and
// every worker that serves a job of it has one meanwhile. A job may be pushed only if nothing else lies above the
// segment and no other scope was opened since, else joins below would find a stranger: it is listed instead.
//   the worker that opened it: everything.
// States: closed; credit: the group's word holds a credit for all its jobs (group_count.hpp); counted: every job of it
// is counted by itself, because the worker went to sleep and others may wait for the group to be complete meanwhile.
// I1  it is the builder's stack that a group with a segment lives on, so the segment dies with it, on this thread.
#pragma once

#include <pel/detail/sched/worker.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class group_core;

enum class segment_state { closed, credit, counted };

struct segment {
    group_core* group = nullptr;
    std::uint64_t scope_serial = 0; // of the scope that is innermost where the segment may be used
    segment* below = nullptr;       // the next open one of this worker
    segment* older_home = nullptr;  // the next older group's that was built on this worker
    std::uint32_t base = 0;
    std::uint32_t end = 0;    // one past the last job of its own
    std::uint32_t stolen = 0; // own slots that others took, not yet subtracted
    segment_state state = segment_state::closed;
    bool is_running = false; // a job of its own, popped, is on the stack, or one that it went on with

    bool accepts(const worker& own) const noexcept {
        return scope_serial == own.scope_serial && end == own.deque.bottom();
    }
    /// The deque was taken back to below it, so something else may be there when bottom is where it was: no job is
    /// pushed here any more. Requires: closed.
    void shut() noexcept { base = end = ~std::uint32_t{0}; }
};

/// Where the forks end that are around what is built now. Above may lie jobs of groups only: those may be taken back before
/// that is over, and forks that have nothing to do with it come to lie there.
inline std::uint32_t end_of_forks(const worker& own) noexcept {
    std::uint32_t position = own.deque.bottom();
    for (const segment* each = own.open_segments; each != nullptr; each = each->below) {
        if (each->end == each->base) continue; // its only job runs, and may have pushed to one that was built before
        if (each->end != position) break;
        position = each->base;
    }
    return position;
}

/// Jobs that `own` has left in segments above `kept` go to their groups' lists (group.hpp).
void spill_segments(worker& own, segment* kept) noexcept;

/// `own` is about to sleep: its groups can become complete without it (group.hpp).
void settle_segments(worker& own) noexcept;

/// The same, while it goes on, for groups built here that another thread waits for; who has asked it for that (group.hpp).
void settle_awaited_segments(worker& own) noexcept;

} // namespace detail
PEL_NAMESPACE_END
