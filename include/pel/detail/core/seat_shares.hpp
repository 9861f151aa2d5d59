// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A range in shares for the seats of a pool: as large as what the seats can do, in the order of the machine, the same in
// each call. Who runs a share does so on the share's node: its data is there. Immutable; any thread.
#pragma once

#include <pel/detail/sched/temporary_binding.hpp>
#include <pel/thread_pool.hpp>

#include <cstdint>
#include <optional>

PEL_NAMESPACE_BEGIN
namespace detail {

class seat_shares {
public:
    /// Requires: 0 < shares <= the pool's seats, shares <= size; `pool` outlives this.
    seat_shares(scheduler& pool, std::uint64_t size, unsigned shares) noexcept
        : pool_(&pool), plan_(pool_access::places(pool_access::owner(pool)).plan_to_cut_by()), size_(size),
          seats_(pool.concurrency()), shares_(shares) {}

    unsigned count() const noexcept { return shares_; }
    /// Returns: where a share begins; the size, if `share` is their number.
    std::uint64_t begin(unsigned share) const noexcept;

    /// Returns: the share of a thread's own seat. A foreign thread has one that no thread has taken, or else the last, as it
    /// keeps a thread from waking up. Whoever that seat does not bind has the share of the one near which it runs, for
    /// that is how fast it is.
    unsigned home_of(const worker& own) const noexcept {
        return share_near(own.is_foreign ? pool_->vacant_seat() : own.slot % seats_);
    }
    /// Returns: the share of a foreign thread that is about to come.
    unsigned home_of_guest() const noexcept { return share_near(pool_->vacant_seat()); }

    /// Binds the calling thread to the node of a share, unless its seat is there.
    class visit {
    public:
        /// Throws: std::bad_alloc.
        visit(const seat_shares& shares, const worker& own, unsigned share);
        /// False: the thread belongs there, and the system does not let it be bound.
        bool is_there() const noexcept { return !binding_ || binding_->is_in_force(); }

    private:
        std::optional<temporary_binding> binding_;
    };

private:
    unsigned share_near(unsigned seat) const noexcept;
    unsigned seat_of(unsigned share) const noexcept {
        return static_cast<unsigned>(std::uint64_t{share} * seats_ / shares_);
    }

    const scheduler* const pool_;
    const seat_plan* const plan_;
    const std::uint64_t size_;
    const unsigned seats_, shares_;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/platform/current_cpu.hpp>
#include <pel/detail/sched/seat_plan.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE std::uint64_t seat_shares::begin(unsigned share) const noexcept {
    if (share == shares_) return size_;
    const std::uint64_t below = plan_ != nullptr ? plan_->capacity_below(seat_of(share)) : seat_of(share);
    const std::uint64_t all = plan_ != nullptr ? plan_->capacity_below(seats_) : seats_;
    return size_ / all * below + size_ % all * below / all;
}

PEL_INLINE unsigned seat_shares::share_near(unsigned seat) const noexcept {
    if (plan_ != nullptr && plan_->is_this_system() && plan_->places()[seat].bound_to == binding::none)
        seat = plan_->seat_near(current_cpu());
    return static_cast<unsigned>(std::uint64_t{seat} * shares_ / seats_);
}

PEL_INLINE seat_shares::visit::visit(const seat_shares& shares, const worker& own, unsigned share) {
    const seat_plan* const plan = shares.plan_;
    if (plan == nullptr || !plan->is_this_system()) return;
    const placement::seat& seat = plan->places()[shares.seat_of(share)];
    const bool has_seat_there = own.pool == shares.pool_ && own.stands == standing::settled && // a slot of this pool
                                plan->places()[own.slot].node == seat.node;
    if (!has_seat_there && seat.bound_to != binding::none) binding_.emplace(plan->places().cpus(shares.seat_of(share)));
}

} // namespace detail
PEL_NAMESPACE_END
#endif
