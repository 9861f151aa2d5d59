// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counters of everything that was shared and of every rare path. Each record counts for itself; reading adds them up.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>
#include <new>

PEL_NAMESPACE_BEGIN

/// What a pool has done so far. A private fork is a call and is not counted. After a pause in which nothing runs,
/// spawned == executed.
struct pool_stats {
    std::uint64_t spawned = 0;         ///< jobs that became visible to others: exposed, listed or injected
    std::uint64_t executed = 0;        ///< of those, the jobs that have run or were dropped
    std::uint64_t exposed = 0;         ///< jobs made public by their owners, or by a deep steal
    std::uint64_t taken_back = 0;      ///< exposed jobs that their owners ran themselves
    std::uint64_t stolen = 0;          ///< exposed jobs that others took
    std::uint64_t deep_steals = 0;     ///< of those, taken from owners that did not poll
    std::uint64_t leapfrogs = 0;       ///< of those, taken by waiters from whom they waited for
    std::uint64_t give_backs = 0;      ///< leapfrogged jobs that turned out to lie outside, and were handed on
    std::uint64_t listed = 0;          ///< group jobs that went to their group's list
    std::uint64_t spills = 0;          ///< of those, moved there from a deque
    std::uint64_t injected = 0;        ///< jobs submitted or posted
    std::uint64_t claims = 0;          ///< injected jobs run by the thread that waited for them
    std::uint64_t full_deques = 0;     ///< forks that found the deque full and became two calls
    std::uint64_t hand_overs = 0;      ///< seats given up with work in sight, so that another thread was woken for it
    std::uint64_t debts = 0;           ///< threads that went on without a free seat
    std::uint64_t repayments = 0;      ///< threads that went to sleep to pay such a debt
    std::uint64_t parks = 0;           ///< times a thread went to sleep
    std::uint64_t wakes = 0;           ///< times one was woken for work
    std::uint64_t threads_started = 0; ///< pool threads that exist
    std::uint64_t guardian_beats = 0;  ///< times the guardian looked after busy threads
    std::uint64_t heavy_fences = 0;    ///< interruptions of all CPUs, by deep steals that succeeded or not
    std::uint64_t foreign_only = 0;    ///< wakes because only foreign threads held seats (rule S3)
    std::uint64_t unsafe_waits = 0;    ///< waiters that had to run work from outside (rule S4)
    std::uint64_t fenced_forks = 0;    ///< forks that were public at once: for want of a heavy fence, or in blocking()

    static constexpr unsigned most_tiers = 12;
    /// The same by how far apart two threads were, near before far: thread_pool::tiers() names the steps. All are in the
    /// first where nothing is known of the machine.
    std::uint64_t stolen_by_tier[most_tiers] = {}; ///< of stolen
    std::uint64_t wakes_by_tier[most_tiers] = {};  ///< of wakes, those of threads that slept
    /// Of injected, those that have run, by how far the runner was from the submitter's NUMA node; in the node itself all
    /// are in the tier that is its whole.
    std::uint64_t injected_by_tier[most_tiers] = {};
};

namespace detail {

/// The counters of one record: written by its thread only, read by anybody.
class counter {
public:
    void add(std::uint64_t amount = 1) noexcept { value_.store(value_.load(relaxed) + amount, relaxed); }
    std::uint64_t get() const noexcept { return value_.load(relaxed); } // a statistic
    void reset() noexcept { value_.store(0, relaxed); }

private:
    atomic<std::uint64_t> value_{0};
};

struct counters {
    counter exposed, taken_back, stolen, deep_steals, leapfrogs, give_backs, listed, listed_run, spills, injected,
        claims, full_deques, hand_overs, debts, repayments, parks, wakes, guardian_beats, heavy_fences, foreign_only,
        unsafe_waits, fenced_forks;
    counter stolen_by_tier[pool_stats::most_tiers], wakes_by_tier[pool_stats::most_tiers],
        injected_by_tier[pool_stats::most_tiers];

    /// Owner of the record, before it is shown to others.
    void reset() noexcept { ::new (this) counters(); }

    void add_to(pool_stats& sum) const noexcept {
        sum.spawned += exposed.get() + listed.get() + injected.get();
        sum.executed += taken_back.get() + stolen.get() + listed_run.get();
        sum.exposed += exposed.get();
        sum.taken_back += taken_back.get();
        sum.stolen += stolen.get();
        sum.deep_steals += deep_steals.get();
        sum.leapfrogs += leapfrogs.get();
        sum.give_backs += give_backs.get();
        sum.listed += listed.get();
        sum.spills += spills.get();
        sum.injected += injected.get();
        sum.claims += claims.get();
        sum.full_deques += full_deques.get();
        sum.hand_overs += hand_overs.get();
        sum.debts += debts.get();
        sum.repayments += repayments.get();
        sum.parks += parks.get();
        sum.wakes += wakes.get();
        sum.guardian_beats += guardian_beats.get();
        sum.heavy_fences += heavy_fences.get();
        sum.foreign_only += foreign_only.get();
        sum.unsafe_waits += unsafe_waits.get();
        sum.fenced_forks += fenced_forks.get();
        for (unsigned tier = 0; tier < pool_stats::most_tiers; ++tier) {
            sum.stolen_by_tier[tier] += stolen_by_tier[tier].get();
            sum.wakes_by_tier[tier] += wakes_by_tier[tier].get();
            sum.injected_by_tier[tier] += injected_by_tier[tier].get();
            sum.executed += injected_by_tier[tier].get();
        }
    }
};

} // namespace detail
PEL_NAMESPACE_END
