// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whom to steal from, and whom to wake: the other seats of a pool by tier (topology/proximity.hpp), near before far. A
// tier of a seat is a few runs of seats, because seats are in machine order; so all orders of a pool together take little
// more memory than one list of seats. Immutable; any thread. victim_walk is one searcher's way through such an order.
// I1  the runs of a seat hold every other seat exactly once, and their tiers never fall.
// I2  a walk that goes on looks at every seat within a bounded number of steps (victim_walk::next).
#pragma once

#include <pel/detail/sched/placement.hpp>
#include <pel/detail/topology/proximity.hpp>

#include <bit>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Seats [first, first + count), all in one tier of some seat.
struct seat_run {
    std::uint16_t first, count;
    std::uint16_t tier;
};

class victim_order {
public:
    /// Throws: std::bad_alloc. Cost: some ms for 1024 seats.
    victim_order(const proximity& distances, const placement& places) : distances_(&distances) {
        pu_of_.reserve(places.seats());
        for (unsigned seat = 0; seat < places.seats(); ++seat) pu_of_.push_back(places[seat].pu);
        for (unsigned tier = distances.inner_tiers(); tier < distances.tiers(); ++tier) {
            const unsigned times = distances.tier_at(tier).least_distance / machine::local_distance;
            far_doublings_[tier] = static_cast<std::uint8_t>(std::bit_width(times));
        }
        find_first_seats();
        add_inner_runs();
        add_outer_runs();
    }

    unsigned seats() const noexcept { return static_cast<unsigned>(pu_of_.size()); }
    /// Returns: the tier of two seats; of seats that share a PU the lowest.
    unsigned tier(unsigned from, unsigned to) const noexcept { return distances_->tier(pu_of_[from], pu_of_[to]); }
    /// Returns: how far apart the nodes of two seats are, one node being the last tier inside it.
    unsigned node_tier(unsigned from, unsigned to) const noexcept {
        return distances_->unit_tier(distances_->unit_of(pu_of_[from]), distances_->unit_of(pu_of_[to]));
    }
    const proximity& distances() const noexcept { return *distances_; }
    /// Returns: how many halvings of a job its way from that tier is worth; 0 inside a node. Where memory is d times as far
    /// as one's own: 1 if d < 2, 2 if d < 4, and so on.
    unsigned far_doublings(unsigned tier) const noexcept { return far_doublings_[tier]; }

    /// The runs of a seat, near before far.
    class runs {
    public:
        unsigned size() const noexcept { return inner_count_ + outer_count_; }
        const seat_run& operator[](unsigned index) const noexcept {
            return index < inner_count_ ? inner_[index] : outer_[index - inner_count_];
        }

    private:
        friend class victim_order;
        const seat_run* inner_;
        const seat_run* outer_;
        unsigned inner_count_, outer_count_;
    };
    runs runs_of(unsigned seat) const noexcept {
        const unsigned unit = distances_->unit_of(pu_of_[seat]);
        runs found;
        found.inner_ = inner_.data() + inner_ends_[seat];
        found.inner_count_ = inner_ends_[seat + 1] - inner_ends_[seat];
        found.outer_ = outer_.data() + outer_ends_[unit];
        found.outer_count_ = outer_ends_[unit + 1] - outer_ends_[unit];
        return found;
    }

    /// Returns: the seats that share a core with one, itself included.
    seat_run core_of(unsigned seat) const noexcept { return cores_[seat]; }

private:
    /// first_seat_[pu]: the first seat whose PU is pu or a later one.
    void find_first_seats() {
        first_seat_.resize(distances_->pus() + 1);
        unsigned seat = 0;
        for (unsigned pu = 0; pu < first_seat_.size(); ++pu) {
            while (seat < seats() && pu_of_[seat] < pu) ++seat;
            first_seat_[pu] = seat;
        }
    }

    /// Appends to `all` the seats [first, last), as part of a tier.
    static void add_run(plain_array<seat_run>& all, std::size_t from, unsigned first, unsigned last, unsigned tier) {
        if (first == last) return;
        if (all.size() > from && all.back().tier == tier && unsigned{all.back().first} + all.back().count == first)
            all.back().count = static_cast<std::uint16_t>(all.back().count + (last - first));
        else
            all.push_back({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last - first),
                           static_cast<std::uint16_t>(tier)});
    }

    /// From a seat outwards: what a domain has beyond the last lies left and right of it.
    void add_inner_runs() {
        inner_ends_.push_back(0);
        for (unsigned seat = 0; seat < seats(); ++seat) {
            const unsigned pu = pu_of_[seat];
            unsigned first = seat, last = seat + 1, core_first = first_seat_[pu], core_last = first_seat_[pu + 1];
            const auto grow = [&](unsigned to_first, unsigned to_last, unsigned tier) {
                add_run(inner_, inner_ends_.back(), to_first, first, tier);
                add_run(inner_, inner_ends_.back(), last, to_last, tier);
                first = to_first;
                last = to_last;
            };
            grow(core_first, core_last, 0);
            for (unsigned at = distances_->innermost(pu); at != proximity::no_domain;) {
                const proximity::domain& each = distances_->domain_at(at);
                grow(first_seat_[each.first], first_seat_[each.first + each.count], each.tier);
                if (distances_->tier_at(each.tier).what == shared_by::core) {
                    core_first = first;
                    core_last = last;
                }
                at = each.parent;
            }
            const unsigned unit = distances_->unit_of(pu);
            const unsigned begin = unit == 0 ? 0 : distances_->unit_end(unit - 1);
            grow(first_seat_[begin], first_seat_[distances_->unit_end(unit)], distances_->unit_tier(unit, unit));
            inner_ends_.push_back(static_cast<unsigned>(inner_.size()));
            cores_.push_back(
                {static_cast<std::uint16_t>(core_first), static_cast<std::uint16_t>(core_last - core_first), 0});
        }
    }

    /// The other units, tier by tier.
    void add_outer_runs() {
        const unsigned units = distances_->units();
        outer_ends_.push_back(0);
        plain_array<unsigned> next(units, units),
            heads(proximity::most_tiers, units); // lists by tier; `units` ends them
        for (unsigned unit = 0; unit < units; ++unit) {
            for (unsigned other = units; other-- != 0;) {
                if (other == unit) continue;
                unsigned& head = heads[distances_->unit_tier(unit, other)];
                next[other] = head;
                head = other;
            }
            for (unsigned tier = 0; tier < distances_->tiers(); ++tier) {
                for (unsigned other = heads[tier]; other != units; other = next[other]) {
                    const unsigned first = first_seat_[other == 0 ? 0 : distances_->unit_end(other - 1)];
                    add_run(outer_, outer_ends_.back(), first, first_seat_[distances_->unit_end(other)], tier);
                }
                heads[tier] = units;
            }
            outer_ends_.push_back(static_cast<unsigned>(outer_.size()));
        }
        outer_.shrink();
    }

    const proximity* distances_;
    std::uint8_t far_doublings_[proximity::most_tiers] = {};
    plain_array<unsigned> pu_of_, first_seat_;
    plain_array<seat_run> inner_, outer_, cores_;
    plain_array<unsigned> inner_ends_, outer_ends_; // by seat, by unit
};

/// One searcher's way through its order, pass by pass. A pass goes from near to far, looks at a few seats of each tier,
/// and takes the largest job that it has seen; not the first, because who always takes what is nearest soon shares crumbs
/// with its neighbours, and has to come again and again. A job of another node has to be larger to be worth the way.
/// Of a crowd of searchers in a large domain only some look outside in a pass; what they bring in is then shared near. Whose
/// turn it is chance decides, and nothing is written that others read. README.md beside this file, "Victims", has what
/// that is worth, by the simulator.
class victim_walk {
public:
    static constexpr unsigned none = ~0U;
    /// Seats of a tier that a pass looks at. With 3 the choice is poorer and loops lose a little, with 8 it is no better.
    static constexpr unsigned tries_per_tier = 4;
    /// Searchers of a domain that look outside in a pass, on average: all of a usual node, so that the first large pieces
    /// of a loop come to all nodes. Beyond, they would only read the same lines.
    static constexpr unsigned lookers_per_domain = 16;
    /// At least one pass in so many goes all the way (I2).
    static constexpr unsigned passes_per_wide_one = 16;
    /// Passes before small jobs are fetched from another node: by then there are no others.
    static constexpr unsigned patient_passes = 3;
    /// What a waiter takes back from another node has to be larger by this: it will be waited for in turn, and two nodes
    /// would pass ever smaller pieces to and fro.
    static constexpr unsigned waiter_doublings = 2;

    victim_walk(const victim_order& order, unsigned seat, std::uint32_t random) noexcept
        : order_(&order), runs_(order.runs_of(seat)) {
        for (std::uint32_t& each : cursors_) each = random >> 8;
    }

    /// `searching`: how many threads of the pool look for work, a hint. The more there are, the fewer go far.
    void begin_pass(std::uint32_t random, unsigned searching) noexcept {
        ++pass_;
        luck_ = pass_ % passes_per_wide_one == 0 ? 0 : std::uint64_t{random} * (searching == 0 ? 1 : searching);
        run_end_ = 0;
        passed_ = 1;
        left_ = 0;
    }
    /// Returns: the next seat to look at, or none: the pass is over. I2: one pass in `passes_per_wide_one` reaches all
    /// tiers, and one that reaches a tier looks at its next seats: all of n in (n / tries_per_tier + 1) such passes.
    unsigned next() noexcept {
        while (left_ == 0) {
            if (!enter_next_tier()) return none;
        }
        --left_;
        while (offset_ >= runs_[run_].count) {
            offset_ -= runs_[run_].count;
            run_ = run_ + 1 == run_end_ ? run_begin_ : run_ + 1;
        }
        return runs_[run_].first + offset_++;
    }
    /// Returns: the tier of the seat that next() has returned.
    unsigned tier() const noexcept { return runs_[run_begin_].tier; }
    /// Returns: what a job of that seat is worth to this searcher, if it can be halved `doublings` - 1 times, as far as is
    /// known; 0: nothing in this pass.
    unsigned worth(unsigned doublings) const noexcept { return worth(doublings, tier()); }
    unsigned worth(unsigned doublings, unsigned tier) const noexcept {
        const unsigned far = order_->far_doublings(tier);
        if (doublings > far || far == 0) return doublings - far;
        return doublings != 0 && pass_ > patient_passes ? 1 : 0;
    }
    /// Returns: whether who waits for a thief of that tier takes such a job of it, or asks it for one.
    static bool is_worth_taking_back(const victim_order& order, unsigned doublings, unsigned tier) noexcept {
        const unsigned far = order.far_doublings(tier);
        return far == 0 || doublings > far + waiter_doublings;
    }
    /// Returns: how many passes have begun.
    unsigned passes() const noexcept { return pass_; }
    /// Returns: whether the pass that is over reached all tiers.
    bool was_wide() const noexcept { return run_end_ == runs_.size(); }

private:
    bool enter_next_tier() noexcept {
        if (was_wide() || (run_end_ != 0 && !goes_on())) return false;
        run_begin_ = run_end_;
        unsigned size = 0;
        for (const unsigned its = runs_[run_end_].tier; !was_wide() && runs_[run_end_].tier == its; ++run_end_)
            size += runs_[run_end_].count;
        passed_ += size;
        left_ = size < tries_per_tier ? size : tries_per_tier;
        std::uint32_t& cursor = cursors_[tier()];
        offset_ = cursor % size;
        run_ = run_begin_;
        cursor += left_;
        return true;
    }
    /// `luck_` / 2^32 is a random part of the searchers. In a domain of `passed_` seats as many of them search as in
    /// others.
    bool goes_on() const noexcept {
        return passed_ * luck_ < (std::uint64_t{order_->seats()} << 32) * lookers_per_domain;
    }

    const victim_order* order_;
    victim_order::runs runs_;
    unsigned pass_ = 0;
    std::uint64_t luck_ = 0;
    std::uint64_t passed_ = 1; // seats of the tiers so far, the own one included
    unsigned run_begin_ = 0, run_end_ = 0, run_ = 0, offset_ = 0, left_ = 0; // of the tier
    std::uint32_t cursors_[proximity::most_tiers];                           // where the next look at a tier begins
};

} // namespace detail
PEL_NAMESPACE_END
