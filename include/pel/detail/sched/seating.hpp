// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who sits where: which thread has which seat of a pool's plan, and where the others are. The first P threads of a pool
// get a seat each, and are bound to it if the pool binds; the others, and foreign threads, stand somewhere for a while.
// Records are numbered as their threads come, slots are: seats first, then whoever is beyond them. Sleepers are
// registered by slot, so that a waker can choose who is near.
//   any thread: everything but take_slot() and give_slot_back(), which the lock of the pool's membership guards.
//   M1: publish()'s release -> plan()'s acquire: the plan is complete.
// README.md, "Where threads are", says why all but the slots may be stale.
#pragma once

#include <pel/detail/sched/occupants.hpp>
#include <pel/detail/sched/seats.hpp>
#include <pel/detail/sched/sleeper_set.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class seat_plan;

class seating {
public:
    static constexpr std::uint32_t most_slots = seats::most_seats + seats::most_threads;

    /// Zero pages are valid values.
    struct tables {
        atomic<std::uint64_t> vacant[seats::most_seats / 64 + 1];
        atomic<std::uint32_t> record_at[most_slots];
        atomic<std::uint32_t> occupants[2 * (seats::most_seats + 1)];
    };

    seating(tables& its, std::uint32_t seats) noexcept
        : seats_(seats), vacant_(its.vacant, seats::most_seats / 64 + 1), record_at_(its.record_at),
          occupants_(its.occupants) {
        for (std::uint32_t seat = 0; seat < seats; ++seat) vacant_.add(seat);
    }

    /// Returns: null where nothing tells seats apart, or nobody has read the machine yet.
    const seat_plan* plan() const noexcept { return plan_.load(acquire); }       // sync(M1) acquire: complete
    void publish(const seat_plan* plan) noexcept { plan_.store(plan, release); } // sync(M1) release: complete
    bool is_seat(std::uint32_t slot) const noexcept { return slot < seats_; }

    /// Returns: a slot for a new thread: the vacant seat that is nearest to `near`, while there are any.
    std::uint32_t take_slot(std::uint32_t near) noexcept;
    /// Requires: it is the one that was taken last.
    void give_slot_back(std::uint32_t slot) noexcept {
        --taken_;
        if (is_seat(slot)) vacant_.add(slot);
    }

    /// Returns: the last vacant seat, or the last one if none is. A hint, for any thread.
    std::uint32_t vacant_seat() const noexcept {
        for (std::uint32_t seat = seats_; seat-- != 0;) {
            if (vacant_.has(seat)) return seat;
        }
        return seats_ - 1;
    }

    // Ordered by what shows a slot to others: the start of its thread, then its registration as a sleeper (W1).
    void set_record_at(std::uint32_t slot, std::uint32_t record) noexcept { record_at_[slot].store(record, relaxed); }
    std::uint32_t record_at(std::uint32_t slot) const noexcept { return record_at_[slot].load(relaxed); }

    occupants& here() noexcept { return occupants_; }

private:
    const std::uint32_t seats_;
    std::uint32_t taken_ = 0;
    sleeper_set vacant_;
    atomic<std::uint32_t>* const record_at_;
    occupants occupants_;
    atomic<const seat_plan*> plan_{nullptr};
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/sched/seat_plan.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE std::uint32_t seating::take_slot(std::uint32_t near) noexcept {
    const std::uint32_t taken = taken_++;
    if (taken >= seats_) return taken;
    const seat_plan* const known = plan();
    return known != nullptr ? vacant_.claim_nearest(known->order(), near) : vacant_.claim(0);
}

} // namespace detail
PEL_NAMESPACE_END
#endif
