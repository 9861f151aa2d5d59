// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The counts by which the nodes of a run wait for each other. Nothing here knows what a node is;
// tests/model/programs/joins.cpp explores it.
//   who has run a node: all of it, of the nodes that come after it, and of that node.
// GR1  arrive()'s decrement, release -> the last one's, acquire: what the predecessors did, and their values, to the node.
//     Who finds that one predecessor is left is that one, since each comes once: it needs no decrement. With branches
//     nodes may come again, and it is not known who is: there all decrement.
// GR2  `due` of a node that branches choose: who raises it from 0 runs the node; who lowers it to something else runs it
//     again. So a node never runs twice at once, and its job is not listed twice. release -> acquire: what the chooser
//     did, to the node.
// GR3  `unread` of a value that is made again: its readers' decrements, release -> the last one's, acquire: that they have
//     read it, to who makes it again.
// I1  When the count of a node comes to 0, it is set for the next time before the node runs: so all are as new when a
//     run has come to its end.
// I2  With branches a predecessor may come again before the others have come. `arrived` counts that for each edge, and
//     `left` counts the edges where that is 0: so the n-th time that a node runs comes after the n-th time of each that it
//     waits for. Who raises `arrived` from 0 lowers `left`; who lowers `left` to 0 sets it to all, and takes one from each
//     edge; where that leaves some it lowers `left` in the name of who brought it. Nobody else comes to 0 meanwhile: that
//     takes all edges, of which it has not counted the last one.
// I3  Who is due stays so until the readers of its value are done: it does not run again while they read, and each reads
//     the value of its own round. A reader that a branch may choose has rounds of its own, so plan_checks lets it read
//     only what is made once.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>
#include <span>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A predecessor of several has run, where each does once. Returns: whether it is the last one.
PEL_ALWAYS_INLINE bool arrive(atomic<std::uint32_t>& left, std::uint32_t predecessors) noexcept {
    // sync(GR1) acquire: what the others did. sync(GR1) acq_rel: what this one did; the last one: what the others did
    if (left.load(acquire) != 1 && left.fetch_sub(1, acq_rel) != 1) return false;
    left.store(predecessors, relaxed); // I1; whoever comes next comes after the node has run
    return true;
}

/// The same where nodes run again: one that came along `edge`. arrived(edge): of each of `edges`, which are all that
/// come from predecessors. Returns: how often the node may begin now (I2).
template <class Arrived>
std::uint32_t arrive_again(atomic<std::uint32_t>& left, std::uint32_t predecessors, std::uint32_t edge,
                           std::span<const std::uint32_t> edges, const Arrived& arrived) noexcept {
    // sync(GR1) acq_rel: what this one did; that who has counted it before has set `left`
    if (arrived(edge).fetch_add(1, acq_rel) != 0) return 0;
    // sync(GR1) acq_rel: what this one did; the last one: what the others did
    if (left.fetch_sub(1, acq_rel) != 1) return 0;
    for (std::uint32_t times = 1;; ++times) {
        bool is_ready_again = false;
        left.store(predecessors, relaxed); // who lowers it comes after one of the next
        for (const std::uint32_t each : edges) {
            // sync(GR1) acq_rel: that `left` is set; what those did whom this one counts
            if (arrived(each).fetch_sub(1, acq_rel) != 1)
                is_ready_again = left.fetch_sub(1, acq_rel) == 1; // sync(GR1) acq_rel: as above
        }
        if (!is_ready_again) return times;
    }
}

/// A node is to run so many times more. Returns: whether the caller runs it.
PEL_ALWAYS_INLINE bool become_due(atomic<std::uint32_t>& due, std::uint32_t times) noexcept {
    // sync(GR2) acq_rel: what the chooser did; that the node is not running
    return due.fetch_add(times, acq_rel) == 0;
}
/// It has run. Returns: whether the caller runs it again.
PEL_ALWAYS_INLINE bool is_due_again(atomic<std::uint32_t>& due) noexcept {
    // sync(GR2) acq_rel: done with the node, to who chooses it next; what the choosers did meanwhile
    return due.fetch_sub(1, acq_rel) != 1;
}

/// Who has made a value, or one of so many who read it, is over. Returns: whether all are; then it may be made again.
PEL_ALWAYS_INLINE bool have_all_read(atomic<std::uint32_t>& unread, std::uint32_t readers) noexcept {
    if (unread.fetch_sub(1, release) != 1) return false; // sync(GR3) release: that this one has read, to the last one
    (void)unread.load(acquire);                          // sync(GR3) acquire: that all have
    unread.store(1 + readers, relaxed);                  // read after it has run again, which comes after GR2
    return true;
}

} // namespace detail
PEL_NAMESPACE_END
