// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When a group is complete, with no atomic per private job. One word {waiter's record:16, pending:48}. A *segment* is one
// worker's stretch of a group's jobs in its deque: it holds the credit `segment_credit` while it is open, and gives back
// the credit less the jobs of it that were stolen; each stolen or listed job is subtracted by who ran it. Hence
//   I1  pending = 0  <=>  no segment open, no job listed, stolen or running: complete.
//   I2  the RMW that subtracts is its thread's last access to the group; what it returned names the record to wake.
// A pool counts what is submitted to it in the same way, without segments.
//   any thread: add(), subtract(); the waiter: try_register(), is_complete(), unregister().
//   G1: subtract()'s release -> the waiter's acquire: everything that the group's jobs did.
//   G2: registering the waiter, listing a job: seq_cst, each followed by a seq_cst look at the other. Either who lists a
//       job wakes the waiter, or the waiter finds it.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class group_count {
public:
    static constexpr std::uint64_t segment_credit = std::uint64_t{1} << 32;

    /// A job is about to become visible in a list, or a segment is opened. Before anybody else can run it. Returns: the id
    /// of the record that waits, or 0.
    std::uint32_t add(std::uint64_t amount) noexcept {
        return waiter_of(word_.fetch_add(amount, relaxed)); // ordered by how the job is published
    }

    /// Returns: the id of the record to wake, or 0. Last access to the group.
    [[nodiscard]] std::uint32_t subtract(std::uint64_t amount) noexcept {
        const std::uint64_t after =
            word_.fetch_sub(amount, acq_rel) - amount; // sync(G1) acq_rel: all before, to the waiter
        return pending_of(after) == 0 ? waiter_of(after) : 0;
    }

    /// The id of the record that waits, or 0. Requires: a job of the group is counted meanwhile.
    std::uint32_t waiter() const noexcept {
        return waiter_of(word_.load(seq_cst)); // sync(G2) seq_cst: after a job was listed, or a request taken down
    }

    bool is_complete() const noexcept {
        return pending_of(word_.load(acquire)) == 0; // sync(G1) acquire: what the jobs did
    }

    enum class registration { registered, complete, taken };

    /// One waiter at a time.
    registration try_register(std::uint32_t record) noexcept {
        std::uint64_t word = word_.load(acquire); // sync(G1) acquire: as in is_complete()
        for (;;) {
            if (waiter_of(word) != 0 && waiter_of(word) != record) return registration::taken;
            if (pending_of(word) == 0) return registration::complete;
            if (waiter_of(word) == record) return registration::registered;
            const std::uint64_t next = word | std::uint64_t{record} << waiter_shift;
            // sync(G1) acquire, in a failure: what the jobs did. sync(G2) seq_cst: before the list is looked at
            if (word_.compare_exchange(word, next, seq_cst)) return registration::registered;
        }
    }
    /// The waiter, when it is done waiting.
    void unregister() noexcept {
        word_.fetch_and(pending_mask, relaxed);
    } // nobody reads the group for the waiter's sake

private:
    static constexpr int waiter_shift = 48;
    static constexpr std::uint64_t pending_mask = (std::uint64_t{1} << waiter_shift) - 1;
    static std::uint64_t pending_of(std::uint64_t word) noexcept { return word & pending_mask; }
    static std::uint32_t waiter_of(std::uint64_t word) noexcept {
        return static_cast<std::uint32_t>(word >> waiter_shift);
    }

    atomic<std::uint64_t> word_{0};
};

} // namespace detail
PEL_NAMESPACE_END
