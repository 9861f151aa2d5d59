// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All that a pool knows of its places in the machine: built once, by whoever has read the machine, then published. Until
// then, and without, all seats are alike. Immutable; any thread.
#pragma once

#include <pel/detail/queue/injectors.hpp>
#include <pel/detail/sched/victim_order.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class seat_plan {
public:
    /// Requires: `of` outlives this; 0 < seats < 65536; see placement. Throws: std::bad_alloc. Cost: some ms for 1024 PUs.
    seat_plan(const machine& of, unsigned seats, binding how, bool smt, unsigned only_node = placement::any_node)
        : distances_(of), places_(of, seats, how, smt, only_node), order_(distances_, places_),
          is_this_system_(of.is_this_system) {
        number_injectors(static_cast<unsigned>(of.nodes.size()));
        for (unsigned pu = 0, next = 0; pu < of.pus.size(); ++pu) {
            while (next < seats && places_[next].pu < pu) ++next;
            const unsigned cpu = of.pus[pu].os_index();
            if (cpu >= seat_of_cpu_.size()) seat_of_cpu_.resize(cpu + 1, no_seat);
            seat_of_cpu_[cpu] = static_cast<std::uint16_t>(nearest_seat(pu, next));
        }
        order_injectors();
        add_up_capacities(of);
    }
    seat_plan(const seat_plan&) = delete;
    seat_plan& operator=(const seat_plan&) = delete;

    const proximity& distances() const noexcept { return distances_; }
    const placement& places() const noexcept { return places_; }
    const victim_order& order() const noexcept { return order_; }

    bool is_this_system() const noexcept { return is_this_system_; }
    /// What a core's threads do together that are at work, to what one does alone, in quarters: each further one adds a
    /// quarter. The simulator's figure (tests/simulator), of which it is the only source; measured gains are from nothing
    /// to a half for the second thread, and less for each further one.
    static constexpr unsigned quarters_done_by(unsigned threads) noexcept { return 3 + threads; }

    /// Returns: what the seats before this one can do together; of all, if `seat` is their number. In quarters of
    /// core::capacity(). The seats of a core share what it can do, by as many of its threads as have seats.
    std::uint64_t capacity_below(unsigned seat) const noexcept { return capacity_below_[seat]; }

    /// Returns: the seat on a CPU, by OS index, or the nearest one; 0 for CPUs that the process may not use.
    unsigned seat_near(unsigned cpu) const noexcept {
        const unsigned seat = cpu < seat_of_cpu_.size() ? seat_of_cpu_[cpu] : no_seat;
        return seat == no_seat ? 0 : seat;
    }
    /// Each node that has seats has an injector of its own. If they are too many, neighbours share one.
    unsigned injectors() const noexcept { return injectors_; }
    std::uint8_t injector_of(unsigned seat) const noexcept { return injector_of_[seat]; }
    /// Returns: all injectors as its first seat has its victims; see injectors::set_order().
    injectors::order injector_order(unsigned at) const noexcept { return injector_orders_[at]; }

private:
    static constexpr std::uint16_t no_seat = 0xFFFF;
    static constexpr unsigned full_capacity = 1024;

    /// Nodes are numbered as their seats come, so in machine order.
    void number_injectors(unsigned nodes) {
        constexpr unsigned unnumbered = ~0U;
        plain_array<unsigned> numbers(nodes + 1, unnumbered); // the last for seats without a node
        unsigned count = 0;
        for (unsigned seat = 0; seat < places_.seats(); ++seat) {
            unsigned& its = numbers[places_[seat].node];
            if (its == unnumbered) its = count++;
        }
        injectors_ = count < injectors::most ? count : injectors::most;
        injector_of_.reserve(places_.seats());
        for (unsigned seat = 0; seat < places_.seats(); ++seat) {
            const unsigned its = numbers[places_[seat].node];
            injector_of_.push_back(static_cast<std::uint8_t>(its * injectors_ / count));
        }
    }

    /// Among equals machine order, from each its own neighbour on, so that not all turn to the same.
    void order_injectors() {
        for (unsigned seat = 0; seat < places_.seats(); ++seat) {
            if (injector_of_[seat] != injector_orders_.size()) continue; // not the first seat of the next
            const unsigned own = injector_of_[seat];
            const plain_array<unsigned> tiers = injector_tiers(seat);
            injectors::order order = 0;
            unsigned count = 0;
            const auto add = [&](unsigned at) { order |= injectors::order{at} << 4 * count++; };
            add(own);
            for (unsigned tier = 0; tier <= proximity::most_tiers; ++tier) {
                for (unsigned step = 1; step < injectors::most; ++step) {
                    const unsigned at = (own + step) % injectors::most;
                    if (tiers[at] == tier) add(at);
                }
            }
            injector_orders_.push_back(order);
        }
    }
    /// Returns: the tier of the nearest victim of each injector; what is beyond the last is beyond all tiers.
    plain_array<unsigned> injector_tiers(unsigned seat) const {
        plain_array<unsigned> tiers(injectors::most, proximity::most_tiers);
        const victim_order::runs victims = order_.runs_of(seat);
        for (unsigned run = victims.size(); run-- != 0;) {
            for (unsigned each = 0; each < victims[run].count; ++each)
                tiers[injector_of_[victims[run].first + each]] = victims[run].tier;
        }
        return tiers;
    }

    void add_up_capacities(const machine& of) {
        struct used_core {
            unsigned capacity = full_capacity, seats = 0, threads = 0;
        };
        plain_array<unsigned> core_of; // the first of its PUs; PUs of no core are cores of their own
        for (unsigned pu = 0; pu <= of.pus.size(); ++pu) core_of.push_back(pu); // one seat's, if there are none
        plain_array<used_core> cores(core_of.size(), used_core{});
        for (const core& each : of.cores) {
            const unsigned first = each.pus()[0].logical_index();
            if (each.capacity() != 0) cores[first].capacity = each.capacity();
            for (const pu& one : each.pus()) core_of[one.logical_index()] = first;
        }
        for (unsigned seat = 0; seat < places_.seats(); ++seat) {
            used_core& its = cores[core_of[places_[seat].pu]];
            ++its.seats;
            if (seat == 0 || places_[seat - 1].pu != places_[seat].pu) ++its.threads; // in machine order
        }
        capacity_below_.push_back(0);
        for (unsigned seat = 0; seat < places_.seats(); ++seat) {
            const used_core& its = cores[core_of[places_[seat].pu]];
            const unsigned part = its.capacity * quarters_done_by(its.threads) / its.seats;
            capacity_below_.push_back(capacity_below_[seat] + (part == 0 ? 1 : part));
        }
    }

    /// `next`: the first seat that is not before the PU. In its own node the nearest is a neighbour, for domains are
    /// nested; elsewhere all are asked.
    unsigned nearest_seat(unsigned pu, unsigned next) const noexcept {
        const unsigned seats = places_.seats();
        unsigned best = next < seats ? next : seats - 1;
        const auto tier = [&](unsigned seat) { return distances_.tier(pu, places_[seat].pu); };
        if (places_[best].pu == pu) return best;
        if (next != 0 && tier(next - 1) < tier(best)) best = next - 1;
        if (tier(best) < distances_.inner_tiers()) return best;
        for (unsigned seat = 0; seat < seats; ++seat) {
            if (tier(seat) < tier(best)) best = seat;
        }
        return best;
    }

    proximity distances_;
    placement places_;
    victim_order order_;
    const bool is_this_system_;
    plain_array<std::uint16_t> seat_of_cpu_;
    plain_array<std::uint64_t> capacity_below_;
    plain_array<std::uint8_t> injector_of_; // by seat
    plain_array<injectors::order> injector_orders_;
    unsigned injectors_ = 1;
};

} // namespace detail
PEL_NAMESPACE_END
